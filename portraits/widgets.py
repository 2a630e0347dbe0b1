"""Form widgets of the desk."""

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.staticfiles import versioned_static
from wagtail.admin.widgets import BaseChooser

from portraits.views.photos import face


class PhotoChooserBase(BaseChooser):
    """Shows the chosen face; opens the modal where photos are chosen, uploaded and framed."""

    choose_one_text = _("Choose or add a photo")
    choose_another_text = _("Take another photo")
    link_to_chosen_text = _("Name and framing")
    template_name = "portraits/admin/photo_chooser.html"
    classname = "photo-chooser"
    js_constructor = "PhotoChooser"

    def get_value_data_from_instance(self, instance):
        return {**super().get_value_data_from_instance(instance), "preview": {"url": face(instance)}}

    def get_context(self, name, value_data, attrs):
        context = super().get_context(name, value_data, attrs)
        context["preview"] = value_data.get("preview", {})
        return context

    @property
    def media(self):
        return super().media + forms.Media(js=[versioned_static("portraits/admin/photo-chooser.js")])
