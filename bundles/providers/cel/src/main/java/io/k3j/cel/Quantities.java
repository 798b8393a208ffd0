package io.k3j.cel;

import static dev.cel.common.types.SimpleType.BOOL;
import static dev.cel.common.types.SimpleType.DOUBLE;
import static dev.cel.common.types.SimpleType.INT;
import static dev.cel.common.types.SimpleType.STRING;
import static io.k3j.celvalues.Opaques.QUANTITY;

import dev.cel.common.types.OpaqueType;
import io.k3j.apimachinery.Quantity;
import io.k3j.celvalues.EvalFailure;
import io.k3j.celvalues.Opaque;
import java.math.BigDecimal;

/// Upstream's quantity library.
final class Quantities {
    private Quantities() {
    }

    /// A quantity as a value.
    record Amount(Quantity quantity) implements Opaque {
        @Override
        public OpaqueType type() {
            return QUANTITY;
        }
    }

    static void enter(Functions f) {
        f.global("quantity", "string_to_quantity", QUANTITY, (_, a) -> new Amount(parse((String) a[0])), STRING);
        f.global("isQuantity", "is_quantity_string", BOOL, (_, a) -> {
            try {
                parse((String) a[0]);
                return true;
            } catch (EvalFailure e) {
                return false;
            }
        }, STRING);
        f.global("sign", "quantity_sign", INT, (_, a) -> (long) of(a[0]).signum(), QUANTITY);
        f.member("isGreaterThan", "quantity_is_greater_than", BOOL, (_, a) -> compare(a) > 0, QUANTITY, QUANTITY);
        f.member("isLessThan", "quantity_is_less_than", BOOL, (_, a) -> compare(a) < 0, QUANTITY, QUANTITY);
        f.member("compareTo", "quantity_compare_to", INT, (_, a) -> compare(a), QUANTITY, QUANTITY);
        f.member("asApproximateFloat", "quantity_get_float", DOUBLE, (_, a) -> of(a[0]).amount().doubleValue(),
                QUANTITY);
        f.member("asInteger", "quantity_get_int", INT, (_, a) -> whole(of(a[0]).amount()), QUANTITY);
        f.member("isInteger", "quantity_is_integer", BOOL, (_, a) -> isWhole(of(a[0]).amount()), QUANTITY);
        f.member("add", "quantity_add", QUANTITY, (_, a) -> new Amount(of(a[0]).add(of(a[1]))), QUANTITY, QUANTITY);
        f.member("add", "quantity_add_int", QUANTITY,
                (_, a) -> new Amount(of(a[0]).add(Quantity.of(((Long) a[1]).longValue()))), QUANTITY, INT);
        f.member("sub", "quantity_sub", QUANTITY, (_, a) -> new Amount(of(a[0]).subtract(of(a[1]))), QUANTITY,
                QUANTITY);
        f.member("sub", "quantity_sub_int", QUANTITY,
                (_, a) -> new Amount(of(a[0]).subtract(Quantity.of(((Long) a[1]).longValue()))), QUANTITY, INT);
    }

    private static Quantity parse(String text) {
        try {
            return Quantity.parse(text);
        } catch (IllegalArgumentException e) {
            throw new EvalFailure(String.valueOf(e.getMessage()));
        }
    }

    private static Quantity of(Object value) {
        if (value instanceof Amount a) {
            return a.quantity();
        }
        throw EvalFailure.noSuchOverload();
    }

    private static long compare(Object[] a) {
        return Integer.signum(of(a[0]).compareTo(of(a[1])));
    }

    private static boolean isWhole(BigDecimal amount) {
        return amount.stripTrailingZeros().scale() <= 0
                && amount.abs().compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) <= 0;
    }

    private static long whole(BigDecimal amount) {
        if (!isWhole(amount)) {
            throw new EvalFailure("cannot convert value to integer");
        }
        return amount.longValueExact();
    }
}
