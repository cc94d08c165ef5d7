"""What the people of the demo world write, each partner in its own language."""

from __future__ import annotations

from dataclasses import dataclass

from ..states import RejectReason


@dataclass(frozen=True)
class Phrases:
    """What people write in one language."""

    names: tuple[str, ...]  # %s is the product line
    steps: tuple[str, ...]
    comments: tuple[str, ...]
    people: tuple[tuple[str, str], ...]  # contacts at customers: name, as in an address
    titles: tuple[str, ...]
    competitors: tuple[str, ...]
    withdrawn: str
    lost: str
    request: str  # what a file is called
    appeal: str
    extension: str


PHRASES: dict[str, Phrases] = {
    "en": Phrases(
        ("%s for the branches", "New data centre with %s", "%s replacement", "%s, phase 2", "Pilot of %s"),
        (
            "Demonstration next week, then a pilot at two sites.",
            "The customer compares two offers; we present the running costs on Tuesday.",
            "Budget is approved. Technical workshop with the network team, then the order.",
        ),
        (
            "The customer confirmed the number of users today.",
            "The workshop went well; they ask for a reference in their industry.",
            "Purchasing needs our offer by the end of the month.",
        ),
        (("Grace Ashdown", "g.ashdown"), ("Oliver Tennant", "o.tennant"), ("Priya Marlow", "p.marlow")),
        ("Head of IT", "Network manager", "Chief information officer"),
        ("An incumbent firewall vendor", "Two local integrators", ""),
        "The customer put the project off to next year.",
        "They stay with what they have for another year.",
        "Request for quotation",
        "We were in touch with the customer before the date given; the letter attached shows it.",
        "The board meets again next month; the budget stands.",
    ),
    "ar": Phrases(
        (
            "تحديث %s في الفروع",
            "مركز بيانات جديد مع %s",
            "استبدال النظام الحالي بـ %s",
            "المرحلة الثانية من %s",
        ),
        (
            "عرض توضيحي الأسبوع القادم، ثم تجربة في موقعين.",
            "يقارن العميل بين عرضين، وسنعرض تكاليف التشغيل يوم الثلاثاء.",
            "اعتُمدت الميزانية. ورشة عمل تقنية مع فريق الشبكات ثم الطلب.",
        ),
        (
            "أكد العميل عدد المستخدمين اليوم.",
            "سارت ورشة العمل جيدًا، ويطلبون مرجعًا من القطاع نفسه.",
            "يحتاج قسم المشتريات إلى عرضنا قبل نهاية الشهر.",
        ),
        (("ليلى نصار", "laila.nassar"), ("طارق السويدي", "tarek.s"), ("هدى بن عمر", "houda.b")),
        ("مدير تقنية المعلومات", "مديرة الشبكات", "رئيس قسم البنية التحتية"),
        ("مورّد الجدار الناري الحالي", "شركتان محليتان", ""),
        "أجّل العميل المشروع إلى العام القادم.",
        "قرر العميل البقاء على النظام الحالي عامًا آخر.",
        "طلب عرض أسعار",
        "تواصلنا مع العميل قبل التاريخ المذكور، والخطاب المرفق يبيّن ذلك.",
        "يجتمع مجلس الإدارة الشهر القادم، والميزانية قائمة.",
    ),
    "pl": Phrases(
        ("%s dla oddziałów", "Nowa serwerownia z %s", "Wymiana na %s", "%s, etap 2", "Pilotaż %s"),
        (
            "Prezentacja w przyszłym tygodniu, potem pilotaż w dwóch lokalizacjach.",
            "Klient porównuje dwie oferty; we wtorek pokazujemy koszty utrzymania.",
            "Budżet zatwierdzony. Warsztaty techniczne z zespołem sieciowym, potem zamówienie.",
        ),
        (
            "Klient potwierdził dziś liczbę użytkowników.",
            "Warsztaty udane; proszą o referencje z branży.",
            "Dział zakupów potrzebuje oferty do końca miesiąca.",
        ),
        (("Łucja Śmigielska", "l.smigielska"), ("Żelisław Kępa", "z.kepa"), ("Agata Dąbek", "a.dabek")),
        ("Kierownik IT", "Kierowniczka sieci", "Dyrektor ds. informatyki"),
        ("Dotychczasowy dostawca zapór", "Dwóch lokalnych integratorów", ""),
        "Klient odłożył projekt na przyszły rok.",
        "Zostają przy obecnym rozwiązaniu jeszcze rok.",
        "Zapytanie ofertowe",
        "Rozmawialiśmy z klientem przed podaną datą; dowodzi tego załączone pismo.",
        "Zarząd zbiera się w przyszłym miesiącu; budżet jest bez zmian.",
    ),
    "pt-br": Phrases(
        (
            "%s para as filiais",
            "Novo data center com %s",
            "Substituição por %s",
            "%s, fase 2",
            "Piloto de %s",
        ),
        (
            "Demonstração na próxima semana e depois piloto em duas unidades.",
            "O cliente compara duas propostas; na terça mostramos o custo de operação.",
            "Orçamento aprovado. Oficina técnica com a equipe de redes e então o pedido.",
        ),
        (
            "O cliente confirmou hoje o número de usuários.",
            "A oficina foi boa; pedem uma referência do mesmo setor.",
            "Compras precisa da nossa proposta até o fim do mês.",
        ),
        (("Inês Caçapava", "ines.c"), ("João Peçanha", "joao.p"), ("Conceição Arruda", "c.arruda")),
        ("Gerente de TI", "Coordenadora de redes", "Diretor de tecnologia"),
        ("O fornecedor atual de firewall", "Dois integradores locais", ""),
        "O cliente adiou o projeto para o próximo ano.",
        "Ficam com a solução atual por mais um ano.",
        "Pedido de cotação",
        "Falamos com o cliente antes da data indicada; a carta anexa comprova.",
        "O conselho se reúne no próximo mês; o orçamento está mantido.",
    ),
    "it": Phrases(
        (
            "%s per le filiali",
            "Nuovo data center con %s",
            "Sostituzione con %s",
            "%s, fase 2",
            "Pilota di %s",
        ),
        (
            "Dimostrazione la prossima settimana, poi un pilota in due sedi.",
            "Il cliente confronta due offerte; martedì presentiamo i costi di gestione.",
            "Budget approvato. Workshop tecnico con il gruppo reti, poi l'ordine.",
        ),
        (
            "Il cliente ha confermato oggi il numero di utenti.",
            "Il workshop è andato bene; chiedono una referenza del loro settore.",
            "L'ufficio acquisti aspetta l'offerta entro fine mese.",
        ),
        (("Niccolò Sartore", "n.sartore"), ("Giosuè Falier", "g.falier"), ("Perla Lodovisi", "p.lodovisi")),
        ("Responsabile IT", "Responsabile reti", "Direttrice dei sistemi informativi"),
        ("L'attuale fornitore di firewall", "Due integratori locali", ""),
        "Il cliente ha rinviato il progetto al prossimo anno.",
        "Restano con la soluzione attuale per un altro anno.",
        "Richiesta di offerta",
        "Eravamo in contatto con il cliente prima della data indicata; lo mostra la lettera allegata.",
        "Il consiglio si riunisce il mese prossimo; il budget è confermato.",
    ),
}
# The vendor's desk writes in English.
RETURNS = (
    "Please name the legal entity that signs: the group has three companies of this name.",
    "The quantity does not fit the value. Which of the two is right?",
    "Please say what the next step is, and when.",
)
REJECTIONS = {
    RejectReason.DUPLICATE: "This purchase was registered before yours. You can register the next phase.",
    RejectReason.TENDER: "The customer has published a tender; tenders are not registered.",
    RejectReason.NOT_ELIGIBLE: "A renewal of support is not a new deal.",
    RejectReason.EXISTING_OPPORTUNITY: "Our own team has been in talks with this customer since spring.",
}
DESK_COMMENTS = ("Thank you, this is complete now.", "Could you add the engineer who runs the pilot?")
NOTES = ("Checked against the account list: no conflict.", "Asked the country team; they support it.")
APPROVALS = ("", "", "Good luck with the pilot.")
REVOCATION = "The customer asked us to treat all partners alike, as the project is now a public tender."
QUESTIONS = (
    "Which of the two data centres is it for?",
    "Who runs the tender at the customer, and when does it close?",
    "Is this on top of the order of last spring?",
)
NOT_EXTENDED = "There was no step with the customer since the approval. You can register again."
