package io.k3j.authwebhook;

import static io.k3j.validation.FieldTypes.Type.ANY;
import static io.k3j.validation.FieldTypes.Type.FLAG;
import static io.k3j.validation.FieldTypes.Type.TEXT;
import static io.k3j.validation.FieldTypes.Type.object;
import static io.k3j.validation.FieldTypes.Type.objects;

import io.k3j.apiserverapi.FieldProblem;
import io.k3j.codec.Document;
import io.k3j.codec.DurationText;
import io.k3j.codec.MalformedInput;
import io.k3j.codec.Yaml;
import io.k3j.model.Struct;
import io.k3j.validation.FieldTypes;
import io.k3j.validation.FieldTypes.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Reads an `AuthorizationConfiguration` of `apiserver.config.k8s.io` as strictly as upstream: what means nothing is
/// wrong.
final class AuthorizationConfiguration {
    private static final String GROUP = "apiserver.config.k8s.io/";
    private static final String KIND = "AuthorizationConfiguration";
    private static final Set<String> VERSIONS = Set.of(GROUP + "v1", GROUP + "v1beta1", GROUP + "v1alpha1");
    private static final Map<String, Type> WEBHOOK = Map.ofEntries(Map.entry("authorizedTTL", TEXT),
            Map.entry("cacheAuthorizedRequests", FLAG), Map.entry("unauthorizedTTL", TEXT),
            Map.entry("cacheUnauthorizedRequests", FLAG), Map.entry("timeout", TEXT),
            Map.entry("subjectAccessReviewVersion", TEXT),
            Map.entry("matchConditionSubjectAccessReviewVersion", TEXT), Map.entry("failurePolicy", TEXT),
            Map.entry("connectionInfo", object(Map.of("type", TEXT, "kubeConfigFile", TEXT))),
            Map.entry("matchConditions", objects(Map.of("expression", TEXT))));
    private static final Map<String, Type> CONFIGURATION = Map.of("apiVersion", TEXT, "kind", TEXT, "metadata", ANY,
            "authorizers", objects(Map.of("type", TEXT, "name", TEXT, "webhook", object(WEBHOOK))));

    private AuthorizationConfiguration() {
    }

    /// The steps that a file configures.
    /// @throws IllegalArgumentException naming everything that is wrong
    static List<AuthorizerConfiguration> parse(byte[] file, ConditionCompiler compiler) {
        Struct object;
        try {
            object = decoded(file);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "failed to load AuthorizationConfiguration from file: " + e.getMessage(), e);
        }
        List<FieldProblem> problems = AuthorizationRules.problems(object, compiler);
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(joined(problems.stream().map(FieldProblem::toString).toList()));
        }
        List<AuthorizerConfiguration> authorizers = object.seq("authorizers").structs().stream()
                .map(AuthorizationConfiguration::authorizer).toList();
        List<String> misnamed = AuthorizationRules.misnamed(authorizers);
        if (!misnamed.isEmpty()) {
            throw new IllegalArgumentException(joined(misnamed));
        }
        return authorizers;
    }

    private static Struct decoded(byte[] file) {
        if (file.length == 0) {
            return Struct.EMPTY;
        }
        Document document;
        try {
            document = Yaml.document(file);
        } catch (MalformedInput e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        Struct object = document.object();
        kind(object);
        FieldTypes types = FieldTypes.of(object, CONFIGURATION);
        if (!types.problems().isEmpty()) {
            throw new IllegalArgumentException(joined(types.problems().stream().map(FieldProblem::toString).toList()));
        }
        List<String> wrong = new ArrayList<>(document.duplicates());
        types.unknown().forEach(field -> wrong.add("unknown field \"" + field + "\""));
        if (!wrong.isEmpty()) {
            throw new IllegalArgumentException("strict decoding error: " + String.join(", ", wrong));
        }
        return object;
    }

    private static void kind(Struct object) {
        if (object.text("kind").isEmpty()) {
            throw new IllegalArgumentException(
                    "Object 'Kind' is missing; it must be an " + KIND + " of " + GROUP + "v1");
        }
        if (!object.text("kind").equals(KIND) || !VERSIONS.contains(object.text("apiVersion"))) {
            throw new IllegalArgumentException("no kind \"" + object.text("kind") + "\" is registered for version \""
                    + object.text("apiVersion") + "\"; it must be an " + KIND + " of " + GROUP + "v1");
        }
    }

    /// Several problems as one text, as upstream joins them.
    private static String joined(List<String> problems) {
        String all = problems.stream().distinct().collect(Collectors.joining(", "));
        return problems.size() == 1 ? all : "[" + all + "]";
    }

    private static AuthorizerConfiguration authorizer(Struct step) {
        return new AuthorizerConfiguration(step.text("type"), step.text("name"),
                step.text("type").equals("Webhook") ? Optional.of(webhook(step.struct("webhook")))
                        : Optional.empty());
    }

    private static WebhookConfiguration webhook(Struct given) {
        return new WebhookConfiguration(duration(given, "timeout", Duration.ZERO),
                given.text("subjectAccessReviewVersion"), given.text("failurePolicy").equals("Deny"),
                ttl(given, "authorizedTTL", "cacheAuthorizedRequests", Duration.ofMinutes(5)),
                ttl(given, "unauthorizedTTL", "cacheUnauthorizedRequests", Duration.ofSeconds(30)),
                given.struct("connectionInfo").text("kubeConfigFile"),
                given.seq("matchConditions").structs().stream().map(c -> c.text("expression")).toList());
    }

    private static Duration ttl(Struct given, String field, String cached, Duration otherwise) {
        return given.get(cached) instanceof Boolean is && !is ? Duration.ZERO : duration(given, field, otherwise);
    }

    /// One that is left out or zero counts as upstream's.
    /// @throws IllegalArgumentException for what is no duration
    static Duration duration(Struct given, String field, Duration otherwise) {
        String text = given.text(field);
        Duration duration = text.isEmpty() ? Duration.ZERO : Duration.ofNanos(DurationText.nanos(text));
        return duration.isZero() ? otherwise : duration;
    }
}
