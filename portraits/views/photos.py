"""Photographs as their editors see them: behind a permission, in no cache. Channels have the gated view instead."""

from __future__ import annotations

import io

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from PIL import Image
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import chooser

from portraits import crops
from portraits.forms import PhotoForm
from portraits.models import Photo

WHOLE = (1400, 1400)  # pixels, longest sides of the picture on which the point of interest is chosen
UNSEEN = {"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex, noimageindex"}
may_view = permission_required("portraits.view_photo", raise_exception=True)


@require_safe
@may_view
def thumbnail(request: HttpRequest, pk: int, spec: str, extension: str) -> HttpResponse:
    """One crop of one photo. Number 0 stands for « no photo yet »: previews of a fresh draft show a neutral picture, as
    does a photo that was erased."""
    size = crops.SPECS.get(spec.removeprefix("duo-"))
    if size is None or extension not in crops.TYPES:
        raise Http404
    photo = get_object_or_404(Photo, pk=pk) if pk else None
    if photo is None or photo.purged_at:
        data = crops.placeholder(size, extension)
    else:
        data = crops.rendition(photo.file.name, photo.sha256, tuple(photo.crop), size, extension)
    return HttpResponse(data, content_type=crops.TYPES[extension][1], headers=UNSEEN)


@require_safe
@may_view
def whole(request: HttpRequest, pk: int) -> HttpResponse:
    """The uncropped picture, reduced, to choose its point of interest. Made each time: it is kept nowhere."""
    photo = get_object_or_404(Photo, pk=pk, purged_at=None)
    out = io.BytesIO()
    with default_storage.open(photo.file.name) as file, Image.open(file) as image:
        image.draft("RGB", WHOLE)
        image.thumbnail(WHOLE)
        image.save(out, "JPEG", quality=80)
    return HttpResponse(out.getvalue(), content_type="image/jpeg", headers=UNSEEN)


def face(photo: Photo) -> str:
    """The address of the smallest crop, for lists of the admin."""
    return reverse("portraits_thumbnail", args=[photo.pk, "p240", "webp"])


class FaceColumn(Column):
    """A small face. `accessor` gives a Photo, or None."""

    cell_template_name = "portraits/admin/face_cell.html"

    def get_cell_context_data(self, instance, parent_context):
        context = super().get_cell_context_data(instance, parent_context)
        context["face"] = face(context["raw_value"]) if context["raw_value"] else None
        return context


def asking(permission: str):
    """A mixin: Wagtail's choosers ask for « access_admin » only, so each of their views asks for this permission."""

    class Asking:
        def dispatch(self, request, *args, **kwargs):
            if not request.user.has_perm(permission):
                raise PermissionDenied
            return super().dispatch(request, *args, **kwargs)

    return Asking


ForPhotoEditors = asking("portraits.add_photo")


class Faces:
    """Photos are chosen by their faces; those that were erased have none."""

    per_page = 12

    def get_object_list(self):
        return super().get_object_list().filter(purged_at=None)

    @property
    def columns(self):
        return [FaceColumn("face", label=_("Photo"), accessor=lambda photo: photo, width="80px"), *super().columns]


class ChosenData:
    """What the form needs to show the photo that was chosen."""

    def get_chosen_response_data(self, item):
        return {**super().get_chosen_response_data(item), "preview": {"url": face(item)}}


class Uploading:
    """The upload form, with the framing of the picture."""

    creation_form_template_name = "portraits/admin/photo_creation.html"

    def get_creation_form_class(self):
        return PhotoForm


class Choose(ForPhotoEditors, Faces, Uploading, chooser.ChooseView):
    pass


class ChooseResults(ForPhotoEditors, Faces, Uploading, chooser.ChooseResultsView):
    pass


class Chosen(ForPhotoEditors, ChosenData, chooser.ChosenView):
    pass


class ChosenMany(ForPhotoEditors, ChosenData, chooser.ChosenMultipleView):
    pass


class Create(ForPhotoEditors, Uploading, ChosenData, chooser.CreateView):
    def save_form(self, form):
        form.instance.uploaded_by = self.request.user
        return super().save_form(form)
