package io.k3j.cel;

import static dev.cel.common.types.SimpleType.STRING;

import com.google.common.collect.ImmutableSet;
import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import dev.cel.common.types.CelType;
import dev.cel.common.types.CelTypeProvider;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.StructType;
import java.util.Optional;

/// What mutating policies make: `Object{…}`, whose types are named after their place and have any field, as
/// upstream's,
/// and `JSONPatch{…}`.
final class Mutations {
    static final StructType JSON_PATCH = StructType.create("JSONPatch",
            ImmutableSet.of("op", "path", "from", "value"),
            field -> Optional.of(field.equals("value") ? SimpleType.DYN : STRING));
    private static final Pattern WORD = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    private Mutations() {
    }

    static void enter(Functions f) {
        f.global("jsonpatch.escapeKey", "string_jsonpatch_escapeKey_string", STRING,
                (_, a) -> ((String) a[0]).replace("~", "~0").replace("/", "~1"), STRING);
    }

    static StructType object(ImmutableSet<String> fields) {
        return of("Object", fields);
    }

    private static StructType of(String name, ImmutableSet<String> fields) {
        return StructType.create(name, fields, _ -> Optional.of(SimpleType.DYN));
    }

    private static ImmutableSet<String> words(String expression) {
        ImmutableSet.Builder<String> words = ImmutableSet.builder();
        Matcher m = WORD.matcher(expression);
        while (m.find()) {
            words.add(m.group());
        }
        return words.build();
    }

    /// The types an expression can name. The checker wants the fields of a type beforehand: every word of the
    /// expression may be one.
    static CelTypeProvider types(CelTypeProvider others, String expression) {
        ImmutableSet<String> words = words(expression);
        return new CelTypeProvider() {
            @Override
            public com.google.common.collect.ImmutableCollection<CelType> types() {
                return others.types();
            }

            @Override
            public Optional<CelType> findType(String name) {
                if (name.equals("JSONPatch")) {
                    return Optional.of(JSON_PATCH);
                }
                return name.equals("Object") || name.startsWith("Object.") ? Optional.of(of(name, words))
                        : others.findType(name);
            }
        };
    }
}
