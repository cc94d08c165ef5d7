"""Guided selling of the demo world: six questions, and what is proposed for the answers, in five languages."""

from __future__ import annotations

from typing import Any

from identity import tenancy
from identity.demo import World
from identity.models import StaffRole
from pricing.models import PartType, ProductLine

from ..models import GuideAnswer, GuideQuestion, GuideRule
from . import actions

Texts = dict[str, str]
LICENCE, TERM = PartType.LICENCE, PartType.COMMITTED_INITIAL
SAAS, SETUP = PartType.SAAS, PartType.SAAS_SETUP


def texts(en: str, ar: str, pt: str, pl: str, it: str) -> Texts:
    return {"en": en, "ar": ar, "pt-br": pt, "pl": pl, "it": it}


def is_(question: str, answer: str) -> dict[str, Any]:
    return {"question": question, "test": "is", "value": answer}


def is_not(question: str, answer: str) -> dict[str, Any]:
    return is_(question, answer) | {"test": "is_not"}


def at_least(question: str, number: int) -> dict[str, Any]:
    return {"question": question, "test": "at_least", "value": number}


# code, kind, text, conditions, answers
QUESTIONS: tuple[tuple[str, str, Texts, list[dict[str, Any]], dict[str, Texts]], ...] = (
    (
        "goal",
        "choice",
        texts(
            "What does the customer want to do first?",
            "ما أول ما يريد العميل القيام به؟",
            "O que o cliente quer fazer primeiro?",
            "Co klient chce zrobić najpierw?",
            "Che cosa vuole fare per prima cosa il cliente?",
        ),
        [],
        {
            "protect": texts(
                "Protect the network", "حماية الشبكة", "Proteger a rede", "Chronić sieć", "Proteggere la rete"
            ),
            "backup": texts(
                "Back up data",
                "نسخ البيانات احتياطيًا",
                "Fazer backup de dados",
                "Tworzyć kopie danych",
                "Salvare i dati",
            ),
            "watch": texts(
                "See what systems do",
                "متابعة عمل الأنظمة",
                "Observar os sistemas",
                "Obserwować systemy",
                "Osservare i sistemi",
            ),
        },
    ),
    (
        "where",
        "choice",
        texts(
            "Where is it to run?",
            "أين سيعمل؟",
            "Onde vai funcionar?",
            "Gdzie ma działać?",
            "Dove deve funzionare?",
        ),
        [],
        {
            "own": texts(
                "In the customer's own data centre",
                "في مركز بيانات العميل",
                "No data center do cliente",
                "We własnym centrum danych klienta",
                "Nel data center del cliente",
            ),
            "service": texts("As a service", "كخدمة", "Como serviço", "Jako usługa", "Come servizio"),
        },
    ),
    (
        "users",
        "number",
        texts(
            "How many people work there?",
            "كم شخصًا يعمل هناك؟",
            "Quantas pessoas trabalham lá?",
            "Ile osób tam pracuje?",
            "Quante persone ci lavorano?",
        ),
        [is_("where", "service")],
        {},
    ),
    (
        "cores",
        "number",
        texts(
            "On how many processor cores?",
            "على كم نواة معالج؟",
            "Em quantos núcleos de processador?",
            "Na ilu rdzeniach procesora?",
            "Su quanti core di processore?",
        ),
        [is_("where", "own")],
        {},
    ),
    (
        "term",
        "choice",
        texts(
            "For how long does the customer want to commit?",
            "إلى متى يريد العميل الالتزام؟",
            "Por quanto tempo o cliente quer se comprometer?",
            "Na jak długo klient chce się związać?",
            "Per quanto tempo vuole impegnarsi il cliente?",
        ),
        [is_("where", "own")],
        {
            "for_good": texts(
                "Buy it for good",
                "شراء دائم",
                "Comprar em definitivo",
                "Kupić na stałe",
                "Acquistare per sempre",
            ),
            "three_years": texts("Three years", "ثلاث سنوات", "Três anos", "Trzy lata", "Tre anni"),
        },
    ),
    (
        "extras",
        "several",
        texts(
            "What else matters?",
            "ما الذي يهم أيضًا؟",
            "O que mais importa?",
            "Co jeszcze jest ważne?",
            "Che cos'altro conta?",
        ),
        [],
        {
            "identity": texts(
                "Who signs in to what",
                "من يسجل الدخول وإلى ماذا",
                "Quem entra em quê",
                "Kto się gdzie loguje",
                "Chi accede a che cosa",
            ),
            "mail": texts("Safe mail", "بريد آمن", "E-mail seguro", "Bezpieczna poczta", "Posta sicura"),
        },
    ),
)
LINES = {"protect": "SENTINEL", "backup": "HARBOUR", "watch": "TIDELINE"}
WHY: dict[str, Texts] = {
    "own": texts(
        "It runs on the customer's own machines, licensed by their size.",
        "يعمل على أجهزة العميل نفسها، وترخيصه بحسب حجمها.",
        "Funciona nas máquinas do cliente, licenciado pelo tamanho delas.",
        "Działa na maszynach klienta, licencjonowane według ich wielkości.",
        "Funziona sulle macchine del cliente, con licenze secondo la loro dimensione.",
    ),
    "service": texts(
        "As a service it is paid by the month for each user, and nothing is installed.",
        "كخدمة، يُدفع شهريًا عن كل مستخدم دون تثبيت أي شيء.",
        "Como serviço, paga-se por mês e por usuário, sem instalar nada.",
        "Jako usługa jest płatne miesięcznie od użytkownika i niczego się nie instaluje.",
        "Come servizio si paga al mese per utente, senza installare nulla.",
    ),
    "term": texts(
        "Three years committed cost less than three years one by one.",
        "الالتزام ثلاث سنوات أقل تكلفة من ثلاث سنوات متفرقة.",
        "Três anos com compromisso custam menos que três anos um a um.",
        "Trzy lata z zobowiązaniem kosztują mniej niż trzy osobne lata.",
        "Tre anni con impegno costano meno di tre anni uno alla volta.",
    ),
    "setup": texts(
        "For 100 users and more, set-up by the vendor is part of a good start.",
        "لمئة مستخدم فأكثر، يُعد الإعداد من قِبل المورّد جزءًا من بداية جيدة.",
        "Com 100 usuários ou mais, a configuração pelo fabricante é parte de um bom começo.",
        "Od 100 użytkowników uruchomienie przez producenta to część dobrego startu.",
        "Da 100 utenti in su, la configurazione da parte del produttore fa parte di un buon inizio.",
    ),
    "identity": texts(
        "Beacon Identity decides who signs in to what.",
        "يحدد Beacon Identity من يسجل الدخول وإلى ماذا.",
        "O Beacon Identity decide quem entra em quê.",
        "Beacon Identity decyduje, kto się gdzie loguje.",
        "Beacon Identity decide chi accede a che cosa.",
    ),
    "mail": texts(
        "Lantern Mail Shield keeps harmful mail out.",
        "يمنع Lantern Mail Shield البريد الضار.",
        "O Lantern Mail Shield barra e-mails nocivos.",
        "Lantern Mail Shield zatrzymuje szkodliwą pocztę.",
        "Lantern Mail Shield tiene fuori la posta dannosa.",
    ),
}


def build(world: World) -> None:
    """Through the real actions, by channel operations."""
    by = world.of_staff(StaffRole.CHANNEL_OPERATIONS)
    common: dict[str, Any] = {"by": by, "now": world.now}
    with tenancy.scope(by):
        asked = {}
        for place, (code, kind, words, conditions, answers) in enumerate(QUESTIONS, start=1):
            bounds = {"least": 1, "most": 50_000} if kind == "number" else {}
            asked[code] = actions.add(
                GuideQuestion,
                {
                    "code": code,
                    "kind": kind,
                    "texts": words,
                    "conditions": conditions,
                    "position": place * 10,
                    **bounds,
                },
                **common,
            )
            for number, (answer, said) in enumerate(answers.items(), start=1):
                values = {"question": asked[code], "code": answer, "texts": said, "position": number * 10}
                actions.add(GuideAnswer, values, **common)
        lines = {line.code: line for line in ProductLine.objects.all()}
        for place, rule in enumerate(rules(asked), start=1):
            rule["line"] = lines[rule["line"]]
            actions.add(GuideRule, rule | {"position": place * 10}, **common)


def rules(asked: dict[str, GuideQuestion]) -> list[dict[str, Any]]:
    """As values of GuideRule, with the product line by its code."""
    users, cores = asked["users"], asked["cores"]
    found: list[dict[str, Any]] = []
    for goal, line in LINES.items():
        own, service = [is_("goal", goal), is_("where", "own")], [is_("goal", goal), is_("where", "service")]
        common = {"line": line}
        found += [
            {"name": f"{line}: own, for good", "part_type": LICENCE, "counted": cores, "reasons": WHY["own"],
             "conditions": [*own, is_("term", "for_good")], **common},
            {"name": f"{line}: own, three years", "part_type": TERM, "counted": cores, "reasons": WHY["term"],
             "conditions": [*own, is_("term", "three_years")], **common},
            {"name": f"{line}: as a service", "part_type": SAAS, "counted": users, "reasons": WHY["service"],
             "conditions": service, **common},
            {"name": f"{line}: set-up", "part_type": SETUP, "reasons": WHY["setup"],
             "conditions": [*service, at_least("users", 100)], **common},
        ]  # fmt: skip
    for extra, line in (("identity", "BEACON"), ("mail", "LANTERN")):
        found.append(
            {"name": f"{line}: beside it", "line": line, "part_type": SAAS, "counted": users,
             "reasons": WHY[extra], "conditions": [is_("extras", extra), is_not("where", "own")]}
        )  # fmt: skip
    return found
