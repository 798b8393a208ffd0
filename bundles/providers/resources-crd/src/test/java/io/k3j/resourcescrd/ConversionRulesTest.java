package io.k3j.resourcescrd;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.codec.Yaml;
import io.k3j.model.Gvk;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.Keys;
import io.k3j.pki.Pem;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What may stand in `spec.conversion`, `selectableFields` and `status.storedVersions` of a definition.
class ConversionRulesTest {
    private static final String[] BUNDLE = {"spec", "conversion", "webhook", "clientConfig", "caBundle"};
    private static final String TEXT = """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: places.stable.example.com}
            spec:
              group: stable.example.com
              scope: Namespaced
              names: {plural: places, singular: place, kind: Place, listKind: PlaceList}
              conversion: CONVERSION
              versions:
              - name: v1
                served: true
                storage: true
                selectableFields: FIELDS
                schema: {openAPIV3Schema: {type: object, properties: {host: {type: string}, port: {type: integer},
                  all: {type: array, items: {type: string}}, deep: {type: object, properties: {flag: {type: boolean}}},
                  map: {type: object, additionalProperties: {type: string}}}}}
            """;

    private static Struct filled(String conversion, String fields) {
        String text = TEXT.replace("CONVERSION", conversion).replace("FIELDS", fields);
        return new DefinitionHooks(Rules.without()).defaulted(
                Gvk.of("apiextensions.k8s.io/v1", "CustomResourceDefinition"),
                Yaml.document(text.getBytes(StandardCharsets.UTF_8)).object());
    }

    private static List<String> problems(Struct before, Struct after) {
        return new DefinitionProblems(before, after, Rules.without()).all().stream().map(Object::toString).toList();
    }

    private static List<String> conversion(String conversion) {
        return problems(Struct.EMPTY, filled(conversion, "[]"));
    }

    @Test
    void aWebhookMustSayWhereItIsAndWhatItSpeaks() {
        assertThat(conversion("{strategy: Webhook}")).containsExactly(
                "spec.conversion.webhookClientConfig: Required value: required when strategy is set to Webhook",
                "spec.conversion.conversionReviewVersions: Required value");
        assertThat(conversion("{strategy: Webhook, webhook: {clientConfig: {url: 'http://h'},"
                + " conversionReviewVersions: [v1, v1, V, v2]}}")).containsExactly(
                        "spec.conversion.webhookClientConfig.url: Invalid value: \"http\": 'https' is the only allowed"
                                + " URL scheme; desired format: https://host[/path]",
                        "spec.conversion.conversionReviewVersions[1]: Invalid value: \"v1\": duplicate version",
                        "spec.conversion.conversionReviewVersions[2]: Invalid value: \"V\": a DNS-1035 label must"
                                + " consist of lower case alphanumeric characters or '-', start with an alphabetic"
                                + " character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123',"
                                + " regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')");
        assertThat(conversion("{strategy: Webhook, webhook: {clientConfig: {service: {name: s, namespace: d}},"
                + " conversionReviewVersions: [v9]}}")).containsExactly("spec.conversion.conversionReviewVersions:"
                        + " Invalid value: [\"v9\"]: must include at least one of v1, v1beta1");
        assertThat(conversion("{strategy: Webhook, webhook: {clientConfig: {service: {name: s, namespace: d},"
                + " url: 'https://h'}, conversionReviewVersions: [v1]}}")).containsExactly(
                        "spec.conversion.webhookClientConfig: Required value: exactly one of url or service is required");
    }

    @Test
    void withoutAWebhookNothingIsSaidOfOne() {
        assertThat(conversion("{strategy: None}")).isEmpty();
        assertThat(conversion("null")).as("the default").isEmpty();
        assertThat(conversion("{}")).containsExactly("spec.conversion.strategy: Required value");
        assertThat(conversion("{strategy: Odd}")).containsExactly(
                "spec.conversion.strategy: Unsupported value: \"Odd\": supported values: \"None\", \"Webhook\"");
        assertThat(conversion("{strategy: None, webhook: {clientConfig: {url: 'https://h'},"
                + " conversionReviewVersions: [v1]}}")).containsExactly(
                        "spec.conversion.webhookClientConfig: Forbidden: should not be set when strategy is not set to"
                                + " Webhook",
                        "spec.conversion.conversionReviewVersions: Forbidden: should not be set when strategy is not set"
                                + " to Webhook");
    }

    @Test
    void aBundleThatIsNoneIsRefusedOnceObjectsDependOnIt() {
        String good = "{strategy: Webhook, webhook: {clientConfig: {url: 'https://h'}, conversionReviewVersions: [v1]}}";
        String bad = good.replace("url:", "caBundle: bm8gcGVt, url:");
        assertThat(conversion(bad)).as("it may be filled in later").isEmpty();
        Struct established = filled(good, "[]").with("status", Struct.of("conditions",
                Seq.of(Struct.of("type", "Established", "status", "True")), "storedVersions", Seq.of("v1")));
        Struct changed = filled(bad, "[]").with("status", established.struct("status"));
        assertThat(problems(established, changed)).containsExactly("spec.conversion.webhookClientConfig.caBundle:"
                + " Invalid value: \"bm8gcGVt\": unable to load root certificates: unable to parse bytes as PEM block");
        assertThat(problems(changed, changed)).as("what is there may stay").isEmpty();
        String key = "-----BEGIN KEY-----\naGk=\n-----END KEY-----\n";
        String mixed = key + "garbage\n" + Pem.encode(List.of(CertificateAuthority.selfSigned("a", Keys.elliptic(),
                Instant.parse("2026-01-01T00:00:00Z"), RandomGenerator.of("L64X128MixRandom")).certificate()));
        assertThat(problems(established, changed.withAt(base64(mixed), BUNDLE))).as("one certificate is enough")
                .isEmpty();
        assertThat(problems(established, changed.withAt(base64(key), BUNDLE))).singleElement().asString()
                .endsWith(": unable to load root certificates: no valid certificate authority data seen");
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void selectableFieldsArePlainFieldsOfTheSchema() {
        assertThat(problems(Struct.EMPTY,
                filled("{strategy: None}", "[{jsonPath: .host}, {jsonPath: .port}, {jsonPath: .deep.flag},"
                        + " {jsonPath: .map.key}]")))
                .isEmpty();
        String at = "spec.selectableFields";
        Struct wrong = filled("{strategy: None}", "[{}, {jsonPath: .nothing}, {jsonPath: .metadata.name}, {jsonPath:"
                + " .deep}, {jsonPath: '.all[0]'}, {jsonPath: .host}, {jsonPath: .host}]");
        assertThat(problems(Struct.EMPTY, wrong)).containsExactly(
                at + "[0].jsonPath: Required value",
                at + "[1].jsonPath: Invalid value: \".nothing\": is an invalid path: does not refer to a valid"
                        + " field",
                at + "[2].jsonPath: Invalid value: \".metadata.name\": must not point to fields in metadata",
                at + "[3].jsonPath: Invalid value: \".deep\": must point to a field of type string, boolean or"
                        + " integer. Enum string fields and strings with formats are allowed.",
                at + "[4].jsonPath: Invalid value: \".all[0]\": is an invalid path: does not refer to a valid"
                        + " field",
                at + "[6].jsonPath: Duplicate value: \".host\"");
    }

    @Test
    void moreSelectableFieldsThanThereMayBeMayStay() {
        String properties = IntStream.range(0, 9).mapToObj(i -> "f" + i + ": {type: string}")
                .collect(Collectors.joining(", "));
        String fields = IntStream.range(0, 9).mapToObj(i -> "{jsonPath: .f" + i + "}")
                .collect(Collectors.joining(", ", "[", "]"));
        Struct before = filled("{strategy: None}", fields).with("status",
                Struct.of("storedVersions", Seq.of("v1")));
        Struct version = before.struct("spec").seq("versions").struct(0).withAt(
                Yaml.document(("{" + properties + "}").getBytes(StandardCharsets.UTF_8)).object(), "schema",
                "openAPIV3Schema", "properties");
        Struct many = before.withAt(Seq.of(version), "spec", "versions");
        assertThat(problems(Struct.EMPTY, many)).containsExactly(
                "spec.selectableFields: Too many: 9: must have at most 8 items");
        assertThat(problems(many, many)).isEmpty();
    }

    @Test
    void theStorageVersionIsAmongTheStoredOnes() {
        Struct before = filled("{strategy: None}", "[]").with("status", Struct.of("storedVersions", Seq.of("v1")));
        assertThat(problems(before, before)).isEmpty();
        assertThat(problems(before, before.withAt(Seq.EMPTY, "status", "storedVersions"))).containsExactly(
                "status.storedVersions: Invalid value: []: must have at least one stored version");
        assertThat(problems(before, before.withAt(Seq.of("v0"), "status", "storedVersions")))
                .first().isEqualTo("status.storedVersions: Invalid value: [\"v0\"]: must have the storage version v1");
    }
}
