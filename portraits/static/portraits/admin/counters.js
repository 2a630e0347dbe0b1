/* How much room is left in each text, and what would read better. Advice only: the server alone refuses. */
const wordsIn = (text) => (text.trim().match(/\S+/gu) || []).length;

const advice = (text, count, rules) => {
  if (!count) return "";
  if (rules.starts && !/^(Je\s|J[’'])/u.test(text.trim())) return rules.starts;
  if (rules.least && count < rules.least) return rules.short;
  if (rules.most && count > rules.most) return rules.long;
  return "";
};

const attach = (field) => {
  if (field.counted) return;
  field.counted = true;
  const rules = JSON.parse(field.dataset.counter);
  const line = document.createElement("p");
  line.className = "jtpv-counter";
  line.id = `${field.id}-counter`;
  const [count, counsel] = [document.createElement("span"), document.createElement("b")];
  counsel.setAttribute("role", "status");
  line.append(count, counsel);
  field.closest(".w-field__input, .w-field__wrapper")?.after(line);
  field.setAttribute("aria-describedby", [field.getAttribute("aria-describedby"), line.id].filter(Boolean).join(" "));
  const tell = () => {
    const said = rules.words ? wordsIn(field.value) : [...field.value].length;
    count.textContent = rules.said.replace("{count}", said).replace("{limit}", rules.limit);
    counsel.textContent = advice(field.value, said, rules);
  };
  field.addEventListener("input", tell);
  tell();
};

const attachAll = () => document.querySelectorAll("[data-counter]").forEach(attach);
attachAll();
document.addEventListener("DOMContentLoaded", attachAll);
