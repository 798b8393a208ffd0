package io.k3j.celvalues;

import com.google.common.primitives.UnsignedLong;
import dev.cel.common.values.CelByteString;
import dev.cel.common.values.NullValue;
import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schema.DurationFormat;
import io.k3j.schema.Shape;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Makes a value of the language of what a caller gave. Pure; any thread.
@FunctionalInterface
public interface Adapter {
    /// Never null, and cheap: what has parts is looked at through a view.
    Object adapt(Object raw);

    /// What a value says of itself.
    Adapter DYN = Adapter::plain;

    private static Object plain(Object raw) {
        return switch (raw) {
            case Struct s -> new StructView(s, null, false);
            case Seq s -> new SeqView(s, null, false);
            case Null _ -> NullValue.NULL_VALUE;
            case Integer i -> (long) i;
            case Map<?, ?> m when !(m instanceof Viewed) -> new MapView(m, _ -> DYN);
            default -> raw;
        };
    }

    /// By a schema.
    /// @param ruled whether a validation rule of a CustomResourceDefinition sees it
    static Object shaped(Shape shape, Object raw, boolean ruled) {
        if (shape.type() == Shape.Type.ANY) {
            return ruled ? new Preserved(raw) : plain(raw);
        }
        if (ruled) {
            misfit(shape, raw);
        }
        return switch (raw) {
            case Struct s -> shape.type() == Shape.Type.OBJECT || shape.type() == Shape.Type.MAP
                    ? new StructView(s, shape, ruled)
                    : plain(raw);
            case Seq s -> new SeqView(s, shape.type() == Shape.Type.LIST ? shape : null, ruled);
            case String s -> text(shape, s);
            case Long l -> shape.type() == Shape.Type.NUMBER ? (Object) (double) l : (Object) l;
            case Double d -> (shape.type() == Shape.Type.INT64 || shape.type() == Shape.Type.INT32)
                    && d == Math.rint(d) ? (Object) (long) (double) d : (Object) d;
            default -> plain(raw);
        };
    }

    /// A value that was stored before its schema said what it is: a rule would take the fields of an object for the
    /// elements of a list. What is wrong with scalars the operators find.
    private static void misfit(Shape shape, Object raw) {
        boolean object = shape.type() == Shape.Type.OBJECT || shape.type() == Shape.Type.MAP;
        boolean list = shape.type() == Shape.Type.LIST;
        if (object && !(raw instanceof Struct) && raw != Null.NULL) {
            throw new EvalFailure("invalid data, expected a map for the provided schema with type=object");
        }
        if (list && !(raw instanceof Seq) && raw != Null.NULL) {
            throw new EvalFailure("invalid data, expected an array for the provided schema with type=array");
        }
        if (!object && !list && (raw instanceof Struct || raw instanceof Seq)) {
            throw new EvalFailure("invalid data, expected " + (shape.type() == Shape.Type.INT_OR_STRING
                    ? "XIntOrString value to be either a string or integer" : "a scalar"));
        }
    }

    private static Object text(Shape shape, String s) {
        try {
            return switch (shape.type()) {
                case TIME, MICRO_TIME -> OffsetDateTime.parse(s).toInstant();
                case BYTES -> CelByteString.of(Base64.getDecoder().decode(s));
                case STRING -> switch (shape.format()) {
                    case "date-time" -> OffsetDateTime.parse(s).toInstant();
                    case "date" -> LocalDate.parse(s).atStartOfDay(ZoneOffset.UTC).toInstant();
                    case "duration" -> DurationFormat.parse(s);
                    case "byte" -> CelByteString.of(Base64.getDecoder().decode(s));
                    default -> s;
                };
                default -> s;
            };
        } catch (DateTimeException | IllegalArgumentException e) {
            throw new EvalFailure("Invalid " + shape.format() + ": " + s);
        }
    }

    /// The class that values of a kind have.
    static Class<?> classOf(dev.cel.common.types.CelType type) {
        return switch (type.kind()) {
            case BOOL -> Boolean.class;
            case INT -> Long.class;
            case UINT -> UnsignedLong.class;
            case DOUBLE -> Double.class;
            case STRING -> String.class;
            case BYTES -> CelByteString.class;
            case TIMESTAMP -> java.time.Instant.class;
            case DURATION -> java.time.Duration.class;
            case LIST -> List.class;
            case MAP -> Map.class;
            case OPAQUE -> type.name().equals("optional_type") ? Optional.class : Opaque.class;
            default -> Object.class;
        };
    }
}
