package io.k3j.authoidc;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Claims as expressions see them. As upstream all numbers are doubles. For expressions that name claims by
/// identifiers (`claims.my__dot__claim`) each claim whose name is none has a second name. Pure.
final class ClaimValues {
    private static final Set<String> RESERVED = Set.of("true", "false", "null", "in", "as", "break", "const",
            "continue", "else", "for", "function", "if", "import", "let", "loop", "package", "namespace", "return",
            "var", "void", "while");

    private ClaimValues() {
    }

    /// As expressions see them.
    /// @param escaped whether there are second names
    static Struct of(Struct claims, boolean escaped) {
        Struct.Builder b = Struct.builder();
        claims.forEach((name, value) -> {
            Object converted = value(value, escaped);
            b.put(name, converted);
            String identifier = escaped ? identifier(name) : name;
            if (!identifier.equals(name) && !claims.has(identifier)) {
                b.put(identifier, converted);
            }
        });
        return b.build();
    }

    private static Object value(Object value, boolean escaped) {
        return switch (value) {
            case Struct s -> of(s, escaped);
            case Seq s -> list(s, escaped);
            case Long l -> (double) l;
            default -> value;
        };
    }

    private static Seq list(Seq list, boolean escaped) {
        List<Object> all = new ArrayList<>(list.size());
        list.forEach(v -> all.add(value(v, escaped)));
        return Seq.copyOf(all);
    }

    private static String identifier(String name) {
        return RESERVED.contains(name) ? "__" + name + "__"
                : name.replace("__", "__underscores__").replace(".", "__dot__").replace("-", "__dash__").replace("/",
                        "__slash__");
    }
}
