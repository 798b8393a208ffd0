package io.k3j.resourcescrd;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.codec.Yaml;
import io.k3j.model.Gvk;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schema.Schemas;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DefinitionTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final String TEXT = """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: crontabs.stable.example.com}
            spec:
              group: stable.example.com
              scope: Namespaced
              names: {plural: crontabs, kind: CronTab, shortNames: [ct]}
              versions:
              - name: v1
                served: true
                storage: true
                additionalPrinterColumns: [{name: Schedule, type: string, jsonPath: .spec.cronSpec}]
                subresources: {status: {}, scale: {specReplicasPath: .spec.size, statusReplicasPath: .status.size}}
                selectableFields: [{jsonPath: .spec.cronSpec}]
                schema:
                  openAPIV3Schema:
                    type: object
                    properties:
                      spec:
                        type: object
                        properties:
                          cronSpec: {type: string, minLength: 3}
                          size: {type: integer, default: 1}
            """;
    private static final Gvk KIND = new Gvk("stable.example.com", "v1", "CronTab");
    private final DefinitionHooks hooks = new DefinitionHooks(Rules.without());
    private final Definitions definitions = new Definitions(new Schemas());
    private final CustomHooks custom = new CustomHooks(definitions, Webhooks.none(), Rules.ENGINE);

    private static Struct yaml(String text) {
        return Yaml.document(text.getBytes(StandardCharsets.UTF_8)).object();
    }

    private Obj accepted(String text) {
        Struct filled = hooks.defaulted(Gvk.of("apiextensions.k8s.io/v1", "CustomResourceDefinition"), yaml(text));
        Obj object = Obj.of(filled);
        return DefinitionStatus.of(object, definitions.others(object.name()), NOW);
    }

    private List<String> problems(String text) {
        Struct filled = hooks.defaulted(Gvk.of("apiextensions.k8s.io/v1", "CustomResourceDefinition"), yaml(text));
        return new DefinitionProblems(Struct.EMPTY, filled, Rules.without()).all().stream().map(Object::toString)
                .toList();
    }

    @Test
    void aDefinitionBecomesARowOnceItsNamesAreAccepted() {
        assertThat(new Definition(Obj.of(yaml(TEXT)), new Schemas()).rows()).isEmpty();
        Obj established = accepted(TEXT);
        assertThat(established.status().seq("conditions").find("type", "Established").text("status"))
                .isEqualTo("True");
        assertThat(definitions.put(established)).isTrue();
        ResourceKind row = definitions.rows().iterator().next();
        assertThat(row.gvr().qualified()).isEqualTo("crontabs.stable.example.com");
        assertThat(row.names().singular()).isEqualTo("crontab");
        assertThat(row.storage().prefix()).isEqualTo("/registry/stable.example.com/crontabs/");
        assertThat(row.columns()).extracting(ResourceKind.Column::name).containsExactly("Name", "Schedule");
        assertThat(row.subresources()).extracting(ResourceKind.Subresource::name).containsExactly("status", "scale");
        assertThat(definitions.remove(established.name())).isTrue();
        assertThat(definitions.rows()).isEmpty();
    }

    @Test
    void aDeprecatedVersionIsToldWithItsOwnWarningOrUpstreams() {
        definitions.put(accepted(TEXT));
        assertThat(custom.deprecated(KIND)).isEmpty();
        definitions.put(accepted(TEXT.replace("    storage: true\n", "    storage: true\n    deprecated: true\n")));
        assertThat(custom.deprecated(KIND)).isEqualTo("stable.example.com/v1 CronTab is deprecated");
        definitions.put(accepted(TEXT.replace("    storage: true\n",
                "    storage: true\n    deprecated: true\n    deprecationWarning: use v2\n")));
        assertThat(custom.deprecated(KIND)).isEqualTo("use v2");
    }

    @Test
    void aDeprecatedVersionNamesTheNewestThatIsNot() {
        Obj definition = accepted(TEXT.replace("    storage: true\n", "    storage: true\n    deprecated: true\n"));
        Struct old = definition.spec().seq("versions").struct(0);
        Struct other = old.without("deprecated").with("storage", false);
        definitions.put(definition.with(Seq.of(old, other.with("name", "v2beta1"), other.with("name", "v2"),
                other.with("name", "v3").with("served", false), other.with("name", "v1beta1")), "spec", "versions"));
        assertThat(custom.deprecated(KIND)).isEqualTo("stable.example.com/v1 CronTab is deprecated; use"
                + " stable.example.com/v2 CronTab");
    }

    /// As an injector of certificates expects it, which fills the bundle in later.
    @Test
    void aDefinitionWaitsForTheBundleOfItsWebhook() {
        Struct none = Struct.of("strategy", "Webhook", "webhook", Struct.of("clientConfig",
                Struct.of("url", "https://example.com", "caBundle", "Cg==")));
        Obj asked = Obj.of(yaml(TEXT)).with(none, "spec", "conversion");
        Obj waiting = DefinitionStatus.of(asked, List.of(), NOW);
        Struct condition = waiting.status().seq("conditions").find("type", "Established");
        assertThat(condition.text("status") + " " + condition.text("reason") + " " + condition.text("message"))
                .isEqualTo("False InvalidCABundle The conversion webhook CABundle is invalid");
        assertThat(waiting.status().seq("conditions").find("type", "NamesAccepted").text("status")).isEqualTo("True");
        definitions.put(waiting);
        assertThat(definitions.rows()).isEmpty();
        Obj filled = waiting.without("spec", "conversion");
        assertThat(definitions.put(DefinitionStatus.of(filled, List.of(), NOW))).isTrue();
        assertThat(definitions.rows()).isNotEmpty();
    }

    @Test
    void newNamesAreServedOnceAccepted() {
        Obj first = accepted(TEXT);
        definitions.put(first);
        Struct names = first.spec().struct("names").with("shortNames", Seq.of("ct", "cron"));
        Obj asked = first.with(names, "spec", "names");
        definitions.put(asked);
        assertThat(definitions.put(DefinitionStatus.of(asked, List.of(), NOW))).isTrue();
        assertThat(definitions.rows().iterator().next().names().shortNames()).containsExactly("ct", "cron");
    }

    @Test
    void conflictingNamesAreNotAccepted() {
        definitions.put(accepted(TEXT));
        Obj second = accepted(TEXT.replace("name: crontabs.", "name: crons.").replace("plural: crontabs",
                "plural: crons"));
        assertThat(second.status().seq("conditions").find("type", "NamesAccepted").text("message"))
                .isEqualTo("\"CronTabList\" is already in use");
        assertThat(second.status().seq("conditions").find("type", "Established").text("status")).isEqualTo("False");
    }

    @Test
    void aShortNameOfAnotherIsNotAccepted() {
        Obj first = accepted(TEXT);
        String other = TEXT.replace("crontabs", "crons").replace("crontab", "cron").replace("CronTab", "Cron");
        Obj second = DefinitionStatus.of(Obj.of(yaml(other)), List.of(first), NOW);
        assertThat(second.status().seq("conditions").find("type", "NamesAccepted").text("reason"))
                .isEqualTo("ShortNamesConflict");
        assertThat(second.status().struct("acceptedNames").has("shortNames")).isFalse();
    }

    @Test
    void allShortNamesThatAreTakenAreTold() {
        Obj first = accepted(TEXT.replace("[ct]", "[ct, cr]"));
        String other = TEXT.replace("crontabs", "crons").replace("crontab", "cron").replace("CronTab", "Cron")
                .replace("[ct]", "[ct, free, cr]");
        Obj second = DefinitionStatus.of(Obj.of(yaml(other)), List.of(first), NOW);
        assertThat(second.status().seq("conditions").find("type", "NamesAccepted").text("message"))
                .isEqualTo("[\"ct\" is already in use, \"cr\" is already in use]");
    }

    @Test
    void aNameOnceGivenStays() {
        Obj first = accepted(TEXT);
        Obj twin = first.with("twins.stable.example.com", "metadata", "name");
        assertThat(DefinitionStatus.of(first, List.of(twin), NOW)).isEqualTo(first);
    }

    @Test
    void instancesAreDefaultedValidatedAndPrinted() {
        definitions.put(accepted(TEXT));
        Struct given = yaml("""
                apiVersion: stable.example.com/v1
                kind: CronTab
                metadata: {name: a, namespace: default}
                spec: {cronSpec: x}
                """);
        Struct instance = custom.defaulted(KIND, given);
        assertThat(instance.struct("spec").whole("size", 0)).isEqualTo(1);
        ResourceKind row = definitions.rows().iterator().next();
        Write write = new Write(Operation.CREATE, row, "", Obj.of(instance).key(), Optional.empty(), Caller.ANONYMOUS,
                false, Struct.EMPTY);
        assertThat(custom.problems(write, instance)).hasToString("[spec.cronSpec: Invalid value: \"x\": spec.cronSpec"
                + " in body should be at least 3 chars long]");
        assertThat(custom.cells(KIND, Obj.of(instance), NOW)).containsExactly("a", "x");
        assertThat(custom.field(KIND, Obj.of(instance), "spec.cronSpec")).contains("x");
        assertThat(custom.field(KIND, Obj.of(instance), "spec.size")).isEmpty();
        assertThat(custom.scalePaths(KIND).specReplicas()).containsExactly("spec", "size");
    }

    @Test
    void aValidDefinitionHasNoProblems() {
        assertThat(problems(TEXT)).isEmpty();
    }

    @Test
    void invalidDefinitionsAreRefusedInUpstreamsWords() {
        assertThat(problems(TEXT.replace("name: crontabs.stable", "name: x.stable")))
                .containsExactly("metadata.name: Invalid value: \"x.stable.example.com\": must be"
                        + " spec.names.plural+\".\"+spec.group");
        assertThat(problems(TEXT.replace("storage: true", "storage: false"))).satisfiesExactly(
                p -> assertThat(p).endsWith("must have exactly one version marked as storage version"),
                p -> assertThat(p).isEqualTo("status.storedVersions: Invalid value: []: must have at least one stored"
                        + " version"));
        assertThat(problems(TEXT.replace("scope: Namespaced", "scope: World"))).containsExactly(
                "spec.scope: Unsupported value: \"World\": supported values: \"Cluster\", \"Namespaced\"");
        assertThat(problems(TEXT.replace("stable.example.com", "k3j.io"))).containsExactly(
                "spec.group: Forbidden: the API server keeps its own records there");
        assertThat(problems(TEXT.replace("example.com", "k8s.io"))).singleElement().asString()
                .startsWith("metadata.annotations[api-approved.kubernetes.io]: Required value");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "''|MISSING|protected groups must have approval annotation \"api-approved.kubernetes.io\", see ",
            "unapproved, a test|BYPASSED|not approved: \"unapproved, a test\"",
            "https://github.com/x/y/pull/1|APPROVED|approved in https://github.com/x/y/pull/1",
            "somebody|INVALID|with either a URL or a reason starting with \"unapproved\", see "})
    void definitionsOfKubernetesOwnGroupsSayWhoHasApprovedThem(String by, ApiApproval.State state, String message) {
        Struct filled = hooks.defaulted(Gvk.of("apiextensions.k8s.io/v1", "CustomResourceDefinition"),
                yaml(TEXT.replace("example.com", "k8s.io")));
        Struct definition = by.isEmpty() ? filled
                : filled.withAt(by, "metadata", "annotations", ApiApproval.ANNOTATION);
        Struct condition = DefinitionStatus.of(Obj.of(definition), List.of(), Instant.EPOCH).status().seq("conditions")
                .find("type", "KubernetesAPIApprovalPolicyConformant");
        assertThat(condition.text("reason")).isEqualTo(state.reason());
        assertThat(condition.text("status")).isEqualTo(state == ApiApproval.State.APPROVED ? "True" : "False");
        assertThat(condition.text("message")).contains(message);
        boolean refused = state == ApiApproval.State.MISSING || state == ApiApproval.State.INVALID;
        assertThat(new DefinitionProblems(Struct.EMPTY, definition, Rules.without()).all().isEmpty())
                .isEqualTo(!refused);
        Struct stored = definition.withAt(Seq.of("v1"), "status", "storedVersions");
        assertThat(new DefinitionProblems(stored, stored, Rules.without()).all()).as("as it is stored").isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
            "group: stable.example.com|group: Example|spec.group: Invalid value: \"Example\": a lowercase RFC 1123",
            "group: stable.example.com|group: example|spec.group: Invalid value: \"example\": should be a domain with"
                    + " at least one dot",
            "plural: crontabs|plural: CronTabs|spec.names.plural: Invalid value: \"CronTabs\": a DNS-1035 label must",
            "kind: CronTab|kind: Cron_Tab|spec.names.kind: Invalid value: \"Cron_Tab\": may have mixed case, but should"
                    + " otherwise match: a DNS-1035 label must",
            "[ct]|[ct, C]|spec.names.shortNames[1]: Invalid value: \"C\": a DNS-1035 label must",
            "kind: CronTab|kind: CronTab, listKind: CronTab|spec.names.listKind: Invalid value: \"CronTab\": kind and"
                    + " listKind may not be the same",
            "scope: Namespaced|preserveUnknownFields: true|spec.scope: Required value",
            "scope: Namespaced|{scope: Cluster, preserveUnknownFields: true}|spec.preserveUnknownFields: Invalid value:"
                    + " true: must be false in order to use defaults in the schema",
            "scope: Namespaced|{scope: Cluster, preserveUnknownFields: true}|spec.preserveUnknownFields: Invalid value:"
                    + " true: cannot set to true, set x-kubernetes-preserve-unknown-fields to true in"
                    + " spec.versions[*].schema instead"})
    void namesAndScopesAreRefusedInUpstreamsWords(String what, String instead, String told) {
        String broken = TEXT.replace(what, instead.startsWith("{")
                ? instead.substring(1, instead.length() - 1).replace(", ", "\n  ") : instead);
        assertThat(broken).isNotEqualTo(TEXT);
        assertThat(problems(broken)).anyMatch(p -> p.startsWith(told));
    }

    /// Who says what became of a definition, asks for nothing.
    @Test
    void ofAStatusTheNamesAreLookedAt() {
        Struct stored = accepted(TEXT.replace("scope: Namespaced", "scope: World")).tree();
        assertThat(DefinitionProblems.ofStatus(stored)).isEmpty();
        Struct named = stored.withAt("C", "status", "acceptedNames", "singular");
        assertThat(DefinitionProblems.ofStatus(named)).singleElement().asString()
                .startsWith("status.acceptedNames.singular: Invalid value: \"C\": a DNS-1035 label must");
    }

    private static Struct nested(int depth) {
        Struct schema = Struct.of("type", "string");
        for (int i = 0; i < depth; i++) {
            schema = Struct.of("type", "object", "properties", Struct.of("p", schema));
        }
        return schema;
    }

    private List<String> problemsOf(Struct schema) {
        Struct filled = hooks.defaulted(Gvk.of("apiextensions.k8s.io/v1", "CustomResourceDefinition"), yaml(TEXT));
        Struct version = filled.struct("spec").seq("versions").struct(0).withAt(schema, "schema", "openAPIV3Schema");
        Struct plain = version.without("additionalPrinterColumns").without("selectableFields").without("subresources");
        return new DefinitionProblems(Struct.EMPTY, filled.withAt(Seq.of(plain), "spec", "versions"), Rules.without())
                .all().stream().map(Object::toString).toList();
    }

    @Test
    void aSchemaHasBounds() {
        assertThat(problemsOf(nested(90))).isEmpty();
        assertThat(problemsOf(nested(110))).singleElement().asString().contains("nested deeper than 200");
        Struct.Builder many = Struct.builder();
        for (int i = 0; i < 100_000; i++) {
            many.put("p" + i, Struct.of("type", "string"));
        }
        assertThat(problemsOf(Struct.of("type", "object", "properties", many.build()))).singleElement().asString()
                .contains("at most 100000 objects");
        Seq branches = Seq.copyOf(Collections.nCopies(5_001, Struct.of("minLength", 1)));
        assertThat(problemsOf(Struct.of("type", "object", "anyOf", branches))).singleElement().asString()
                .contains("allOf, anyOf and oneOf");
    }
}
