package io.k3j.authoidc;

import io.k3j.apiserverapi.FieldProblem;
import io.k3j.codec.Document;
import io.k3j.codec.MalformedInput;
import io.k3j.codec.Yaml;
import io.k3j.model.Struct;
import io.k3j.validation.FieldTypes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// An `AuthenticationConfiguration` of `apiserver.config.k8s.io`, decoded and not validated yet. Immutable.
/// @param anonymous null: the flag says who is served without credentials
record AuthenticationConfiguration(List<JwtConfiguration> jwt, @Nullable Struct anonymous) {
    /// Without an issuer.
    static final AuthenticationConfiguration NONE = new AuthenticationConfiguration(List.of(), null);
    private static final String GROUP = "apiserver.config.k8s.io/";
    private static final Set<String> VERSIONS = Set.of(GROUP + "v1", GROUP + "v1beta1", GROUP + "v1alpha1");

    /// Reads one as strictly as upstream: what means nothing is wrong.
    /// @throws IllegalArgumentException naming what is
    static AuthenticationConfiguration parse(byte[] file) {
        if (file.length == 0) {
            throw new IllegalArgumentException("empty config data");
        }
        Document document;
        try {
            document = Yaml.document(file);
        } catch (MalformedInput e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        Struct object = document.object();
        kind(object);
        FieldTypes types = ConfigurationTypes.of(object);
        if (!types.problems().isEmpty()) {
            throw new IllegalArgumentException(joined(types.problems()));
        }
        List<String> wrong = new ArrayList<>(document.duplicates());
        types.unknown().forEach(field -> wrong.add("unknown field \"" + field + "\""));
        if (!wrong.isEmpty()) {
            throw new IllegalArgumentException("strict decoding error: " + String.join(", ", wrong));
        }
        return new AuthenticationConfiguration(object.seq("jwt").structs().stream().map(JwtConfiguration::of).toList(),
                object.get("anonymous") instanceof Struct given ? given : null);
    }

    private static void kind(Struct object) {
        if (object.text("kind").isEmpty()) {
            throw new IllegalArgumentException("Object 'Kind' is missing; it must be an AuthenticationConfiguration of "
                    + GROUP + "v1");
        }
        if (!object.text("kind").equals("AuthenticationConfiguration")
                || !VERSIONS.contains(object.text("apiVersion"))) {
            throw new IllegalArgumentException("no kind \"" + object.text("kind") + "\" is registered for version \""
                    + object.text("apiVersion") + "\"; it must be an AuthenticationConfiguration of " + GROUP + "v1");
        }
    }

    /// Several problems as one text, as upstream joins them.
    static String joined(List<FieldProblem> problems) {
        String all = problems.stream().map(FieldProblem::toString).distinct().collect(Collectors.joining(", "));
        return problems.size() == 1 ? all : "[" + all + "]";
    }
}
