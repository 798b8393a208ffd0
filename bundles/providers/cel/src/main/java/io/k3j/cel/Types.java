package io.k3j.cel;

import com.google.common.collect.ImmutableCollection;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import dev.cel.common.types.CelType;
import dev.cel.common.types.CelTypeProvider;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.OptionalType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.StructType;
import io.k3j.celapi.CelType.Simple;
import io.k3j.celvalues.Adapter;
import io.k3j.celvalues.Escaped;
import io.k3j.celvalues.MapView;
import io.k3j.celvalues.Opaques;
import io.k3j.celvalues.StructView;
import io.k3j.schema.Field;
import io.k3j.schema.Shape;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The declared types of one environment, as the type checker knows them. Those of schemas are made as it looks at
/// them,
/// and named after their place: `Object.spec.containers.@idx`.
@SuppressWarnings("Immutable") // the checker wants it immutable; types are only ever added, each once
final class Types implements CelTypeProvider {
    private final Map<String, CelType> known = new ConcurrentHashMap<>();

    Types() {
        Opaques.ALL.forEach(t -> known.put(t.name(), t));
    }

    @Override
    public ImmutableCollection<CelType> types() {
        return ImmutableList.copyOf(known.values());
    }

    @Override
    public Optional<CelType> findType(String name) {
        return Optional.ofNullable(known.get(name));
    }

    CelType of(io.k3j.celapi.CelType type) {
        return switch (type) {
            case Simple s -> simple(s);
            case io.k3j.celapi.CelType.Shaped(String name, Shape shape, boolean ruled) -> {
                CelType made = shape(name, shape, ruled);
                yield made == null ? SimpleType.DYN : made;
            }
            case io.k3j.celapi.CelType.Fields f -> fields(f);
            case io.k3j.celapi.CelType.ListOf(io.k3j.celapi.CelType elements) -> ListType.create(of(elements));
            case io.k3j.celapi.CelType.MapOf(io.k3j.celapi.CelType values) ->
                MapType.create(SimpleType.STRING, of(values));
            case io.k3j.celapi.CelType.OptionalOf(io.k3j.celapi.CelType value) -> OptionalType.create(of(value));
            case io.k3j.celapi.CelType.Computed(_, Object handle) -> computed(handle);
        };
    }

    private CelType computed(Object handle) {
        Result result = (Result) handle;
        known.putAll(result.types().known);
        return result.type();
    }

    /// The type of an expression's result, with the types it stands on.
    record Result(CelType type, Types types) {
    }

    private static CelType simple(Simple s) {
        return switch (s) {
            case DYN -> SimpleType.DYN;
            case BOOL -> SimpleType.BOOL;
            case INT -> SimpleType.INT;
            case DOUBLE -> SimpleType.DOUBLE;
            case STRING -> SimpleType.STRING;
            case NULL -> SimpleType.NULL_TYPE;
            case AUTHORIZER -> Opaques.AUTHORIZER;
            case RESOURCE_CHECK -> Opaques.RESOURCE_CHECK;
            case JSON_PATCH -> Mutations.JSON_PATCH;
            case MUTATED_OBJECT -> Mutations.object(ImmutableSet.of());
        };
    }

    private CelType fields(io.k3j.celapi.CelType.Fields f) {
        Map<String, CelType> made = new LinkedHashMap<>();
        f.fields().forEach((name, type) -> made.put(name, of(type)));
        return put(StructType.create(f.name(), ImmutableSet.copyOf(made.keySet()),
                field -> Optional.ofNullable(made.get(field))));
    }

    private CelType put(CelType type) {
        known.put(type.name(), type);
        return type;
    }

    /// Null for what has no type: such a field cannot be named.
    private @Nullable CelType shape(String name, Shape shape, boolean ruled) {
        if (ruled && shape.objectMeta()) {
            return put(StructType.create(name, ImmutableSet.copyOf(StructView.RULED_METADATA),
                    _ -> Optional.of(SimpleType.STRING)));
        }
        return switch (shape.type()) {
            case OBJECT, FIELDS -> object(name, shape, ruled);
            case MAP -> {
                CelType values = shape(name + ".@elem", shape.items(), ruled);
                yield values != null ? MapType.create(SimpleType.STRING, values)
                        : shape.typed() ? object(name, shape, ruled) : null;
            }
            case LIST -> {
                CelType items = shape(name + ".@idx", shape.items(), ruled);
                yield items == null ? null : ListType.create(items);
            }
            case STRING -> text(shape.format());
            case QUANTITY, DURATION -> SimpleType.STRING;
            case INT32, INT64 -> SimpleType.INT;
            case NUMBER -> SimpleType.DOUBLE;
            case BOOLEAN -> SimpleType.BOOL;
            case INT_OR_STRING -> SimpleType.DYN;
            case TIME, MICRO_TIME -> SimpleType.TIMESTAMP;
            case BYTES -> SimpleType.BYTES;
            case ANY -> null;
        };
    }

    private static CelType text(String format) {
        return switch (format) {
            case "byte" -> SimpleType.BYTES;
            case "date", "date-time" -> SimpleType.TIMESTAMP;
            case "duration" -> SimpleType.DURATION;
            default -> SimpleType.STRING;
        };
    }

    private CelType object(String name, Shape shape, boolean ruled) {
        Map<String, Shape> byIdentifier = new LinkedHashMap<>();
        for (Field field : shape.fields()) {
            String identifier = Escaped.escape(field.name());
            if (identifier != null && field.shape().typed()) {
                byIdentifier.put(identifier, field.shape());
            }
        }
        return put(StructType.create(name, ImmutableSet.copyOf(byIdentifier.keySet()), identifier -> Optional
                .ofNullable(byIdentifier.get(identifier)).map(s -> shape(name + "." + identifier, s, ruled))));
    }

    /// How values of a declared type are looked at.
    Adapter adapter(io.k3j.celapi.CelType type) {
        return switch (type) {
            case io.k3j.celapi.CelType.Shaped s -> raw -> Adapter.shaped(s.shape(), raw, s.ruled());
            case io.k3j.celapi.CelType.Fields f -> {
                Map<String, Adapter> adapters = new LinkedHashMap<>();
                f.fields().forEach((name, t) -> adapters.put(name, adapter(t)));
                yield raw -> raw instanceof Map<?, ?> m
                        ? new MapView(m, n -> adapters.getOrDefault(n, Adapter.DYN))
                        : Adapter.DYN.adapt(raw);
            }
            case io.k3j.celapi.CelType.OptionalOf(io.k3j.celapi.CelType value) -> {
                Adapter inner = adapter(value);
                yield raw -> raw instanceof Optional<?> o ? o.map(v -> inner.adapt(v)) : raw;
            }
            case Simple.AUTHORIZER, Simple.RESOURCE_CHECK -> Authorizers::adapt;
            default -> Adapter.DYN;
        };
    }
}
