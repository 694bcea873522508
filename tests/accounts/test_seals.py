"""A sealed value says nothing, opens in its own row only, and shows any change."""

from __future__ import annotations

import base64
import dataclasses

import pytest

from app import create_app
from app.accounts.seals import SealBroken, seal, unseal
from app.accounts.totp import new_recovery_codes, new_secret

pytestmark = pytest.mark.usefixtures("ctx")
TEXT = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def test_what_is_sealed_opens_again_and_never_looks_the_same():
    one, other = seal(TEXT, context="a:1"), seal(TEXT, context="a:1")
    assert one != other
    assert unseal(one, context="a:1") == unseal(other, context="a:1") == TEXT
    assert TEXT not in one
    assert TEXT.encode() not in base64.urlsafe_b64decode(one.removeprefix("v1."))
    assert len(one) <= 200


def test_it_opens_in_its_own_row_only():
    with pytest.raises(SealBroken):
        unseal(seal(TEXT, context="a:1"), context="a:2")


def test_any_changed_byte_is_noticed():
    raw = bytearray(base64.urlsafe_b64decode(seal(TEXT, context="a:1").removeprefix("v1.")))
    for place in range(len(raw)):
        changed = bytes(raw[:place]) + bytes([raw[place] ^ 1]) + bytes(raw[place + 1 :])
        with pytest.raises(SealBroken):
            unseal("v1." + base64.urlsafe_b64encode(changed).decode(), context="a:1")


@pytest.mark.parametrize("bad", ["", "v1.", "v1.é", "v1.AAAA", "v2." + "A" * 108, TEXT])
def test_what_was_never_sealed_is_refused(bad):
    with pytest.raises(SealBroken):
        unseal(bad, context="a:1")


def test_another_key_opens_nothing(settings):
    sealed = seal(TEXT, context="a:1")
    other = create_app(dataclasses.replace(settings, secret_key="another-key-0123456789-abcdefghijklmnop"))
    with other.app_context(), pytest.raises(SealBroken):
        unseal(sealed, context="a:1")


def test_too_long_a_value_is_refused_rather_than_half_hidden():
    with pytest.raises(ValueError, match="32 bytes"):
        seal(TEXT + "A", context="a:1")


def test_a_secret_is_160_bits_and_printed_codes_are_ten_different_ones():
    assert len(base64.b32decode(new_secret())) == 20
    assert new_secret() != new_secret()
    codes = new_recovery_codes()
    assert len(set(codes)) == 10
    assert all(len(code) == 12 and code.isdigit() for code in codes)
