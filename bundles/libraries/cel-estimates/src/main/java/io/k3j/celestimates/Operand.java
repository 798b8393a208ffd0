package io.k3j.celestimates;

import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.types.CelKind;
import dev.cel.common.types.CelType;
import org.jspecify.annotations.Nullable;

/// What a call is given, as far as it is known before anything is evaluated.
///
/// @param place null for what stands in no schema
/// @param size null where nobody knows
record Operand(CelExpr expression, CelType type, @Nullable Place place, @Nullable Extent size) {
    Extent extent() {
        return size == null ? Extent.UNKNOWN : size;
    }

    /// Whether it has elements of a type.
    boolean hasElements() {
        return !type.parameters().isEmpty();
    }

    boolean hasTexts() {
        CelKind kind = type.parameters().getFirst().kind();
        return kind == CelKind.STRING || kind == CelKind.BYTES;
    }

    /// How large each element is.
    Extent elements(ShapeSizes sizes) {
        Extent known = place == null ? null : place.elements().extent(sizes);
        return known == null ? Extent.UNKNOWN : known;
    }

    /// A whole number that is written out.
    long literal(long otherwise) {
        boolean number = expression.exprKind().getKind() == CelExpr.ExprKind.Kind.CONSTANT
                && expression.constant().getKind() == CelConstant.Kind.INT64_VALUE;
        return number ? expression.constant().int64Value() : otherwise;
    }
}
