package io.k3j.celestimates;

import io.k3j.celvalues.Escaped;
import io.k3j.celvalues.StructView;
import io.k3j.schema.Field;
import io.k3j.schema.Shape;
import org.jspecify.annotations.Nullable;

/// Where in the schema of a variable a value stands. Immutable.
///
/// @param shape null where the schema does not lead
/// @param key whether it is the name of a map's entry
record Place(@Nullable Shape shape, boolean key) {
    private static final Place LOST = new Place(null, false);
    private static final Place KEY = new Place(null, true);

    static Place of(Shape shape) {
        return new Place(shape, false);
    }

    /// Elements of a list, values of a map.
    Place elements() {
        return holds() && shape != null ? of(shape.items()) : LOST;
    }

    /// Names of a map.
    Place keys() {
        return holds() && shape != null && shape.type() == Shape.Type.MAP ? KEY : LOST;
    }

    /// Places of elements in a list, of which no schema tells.
    static Place indices() {
        return LOST;
    }

    private boolean holds() {
        return shape != null && (shape.type() == Shape.Type.LIST || shape.type() == Shape.Type.MAP)
                && shape.items().typed();
    }

    /// @param identifier the name as expressions have it
    Place field(String identifier) {
        String name = Escaped.unescape(identifier);
        if (shape == null || name == null || holds()) {
            return LOST;
        }
        Field field = shape.field(name);
        boolean hidden = shape.objectMeta() && !StructView.RULED_METADATA.contains(name);
        return field == null || hidden || !field.shape().typed() ? LOST : of(field.shape());
    }

    /// Null where the schema does not lead. Upstream knows no size of a name, and takes it to be empty.
    @Nullable
    Extent extent(ShapeSizes sizes) {
        return key ? Extent.of(0) : shape == null ? null : new Extent(0, sizes.most(shape));
    }
}
