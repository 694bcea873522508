"""/v1/customers"""

from fake_stripe.errors import Refusal, invalid
from fake_stripe.ids import new_id
from fake_stripe.params import EXPAND, Many, Metadata, Shape, Text, retrieval
from fake_stripe.store import Obj
from fake_stripe.work import Work

CREATE = Shape(
    email=Text(max_length=512),
    name=Text(max_length=256),
    description=Text(),
    phone=Text(max_length=20),
    preferred_locales=Many(Text(max_length=10)),
    metadata=Metadata(),
    expand=EXPAND,
)
RETRIEVE = retrieval()
DELETE = Shape()


def create(work: Work, params: Obj, *, is_told: bool = True) -> Obj:
    email = params.get("email")
    if email is not None and ("@" not in email or " " in email):
        raise invalid(f"Invalid email address: {email}", "email", "email_invalid")
    identifier = new_id("cus_")
    customer: Obj = {
        "id": identifier,
        "object": "customer",
        "address": None,
        "balance": 0,
        "created": work.now,
        "currency": None,
        "default_source": None,
        "delinquent": False,
        "description": params.get("description"),
        "discount": None,
        "email": email,
        "invoice_prefix": identifier[-8:].upper(),
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "livemode": False,
        "metadata": params.get("metadata", {}),
        "name": params.get("name"),
        "next_invoice_sequence": 1,
        "phone": params.get("phone"),
        "preferred_locales": params.get("preferred_locales", []),
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
    }
    work.store.insert(customer)
    if is_told:
        work.emit("customer.created", customer)
    return customer


def retrieve(work: Work, params: Obj, identifier: str) -> Obj:
    return work.get("customer", identifier)


def delete(work: Work, params: Obj, identifier: str) -> Obj:
    customer = work.get("customer", identifier)
    if customer.get("deleted"):
        raise Refusal(404, f"No such customer: '{identifier}'", code="resource_missing", param="id")
    for method in work.store.every("payment_method", customer=identifier):
        work.store.save(method | {"customer": None})
    work.emit("customer.deleted", customer)
    gone: Obj = {"id": identifier, "object": "customer", "deleted": True, "_created": customer["created"]}
    work.store.save(gone)
    return gone


def usable(work: Work, identifier: str) -> Obj:
    """A customer named by a parameter: it exists and is not deleted."""
    customer = work.get("customer", identifier, "customer")
    if customer.get("deleted"):
        raise Refusal(400, f"No such customer: '{identifier}'", code="resource_missing", param="customer")
    return customer
