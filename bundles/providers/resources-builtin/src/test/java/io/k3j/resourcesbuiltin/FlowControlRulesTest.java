package io.k3j.resourcesbuiltin;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.Write.Operation;
import io.k3j.flowcontrol.BootstrapConfiguration;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Fields and messages are those of upstream's `pkg/apis/flowcontrol/validation`.
class FlowControlRulesTest {
    private static final String SCHEMA = """
            apiVersion: flowcontrol.apiserver.k8s.io/v1
            kind: FlowSchema
            metadata: {name: fred}
            spec:
              matchingPrecedence: 50
              priorityLevelConfiguration: {name: bar}
              distinguisherMethod: {type: ByUser}
              rules:
              - subjects: [{kind: User, user: {name: noxu}}]
                resourceRules: [{verbs: [get], apiGroups: [""], resources: [pods], namespaces: [a]}]
                nonResourceRules: [{verbs: [get], nonResourceURLs: [/apis/*, /, /healthz/]}]
            """;
    private static final String LEVEL = """
            apiVersion: flowcontrol.apiserver.k8s.io/v1
            kind: PriorityLevelConfiguration
            metadata: {name: bar}
            spec:
              type: Limited
              limited: {nominalConcurrencyShares: 100,
                limitResponse: {type: Queue, queuing: {queues: 512, handSize: 4}}}
            """;
    private static final String SUBJECT = "spec.rules[0].subjects[0].";
    private static final String RESOURCES = "spec.rules[0].resourceRules[0].";
    private static final String PATHS = "spec.rules[0].nonResourceRules[0].";
    private final Kit kit = new Kit();

    private List<String> problems(String of, String what, String instead) {
        assertThat(of).contains(what);
        return kit.createProblems(of.replace(what, instead));
    }

    @Test
    void whatIsSoundIsTaken() {
        assertThat(kit.createProblems(SCHEMA)).isEmpty();
        assertThat(kit.createProblems(LEVEL)).isEmpty();
        assertThat(problems(SCHEMA, "namespaces: [a]", "clusterScope: true")).isEmpty();
        assertThat(problems(SCHEMA, "get], apiGroups", "'*'], apiGroups")).isEmpty();
        assertThat(problems(LEVEL, "512, handSize: 4", "10000000, handSize: 2")).isEmpty();
        assertThat(problems(LEVEL, "100,", "100, lendablePercent: 100, borrowingLimitPercent: 0,")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "Precedence: 50 | Precedence: -1 | spec.matchingPrecedence: Invalid value: -1: must be a positive value",
            "Precedence: 50 | Precedence: 10001 | spec.matchingPrecedence: Invalid value: 10001: must not be greater"
                    + " than 10000",
            "Precedence: 50 | Precedence: 1 | spec.matchingPrecedence: Invalid value: 1: only the schema named 'exempt'"
                    + " may have matchingPrecedence 1",
            "type: ByUser | type: ByColour | spec.distinguisherMethod.type: Unsupported value: {\"Type\":\"ByColour\"}:"
                    + " supported values: \"ByNamespace\", \"ByUser\"",
            "{name: bar} | {name: ''} | spec.priorityLevelConfiguration.name: Required value: must reference a priority"
                    + " level",
            "ion: {name: bar} | ion: {} | spec.priorityLevelConfiguration.name: Required value: must reference a"
                    + " priority level",
            "kind: User, | kind: FooKind, | " + SUBJECT + "kind: Unsupported value: \"FooKind\": supported values:"
                    + " \"Group\", \"ServiceAccount\", \"User\"",
            "user: {name: noxu} | user: {name: ''} | " + SUBJECT + "user.name: Required value",
            "User, user: {name: noxu} | ServiceAccount, serviceAccount: {name: n} | " + SUBJECT
                    + "serviceAccount.namespace: Required value: must specify namespace for service account",
            "User, user: {name: noxu} | Group, group: {} | " + SUBJECT + "group.name: Required value",
            "{verbs: [get], apiGroups | {verbs: [get, feed], apiGroups | " + RESOURCES + "verbs: Unsupported value:"
                    + " [\"get\",\"feed\"]: supported values: \"create\", \"delete\", \"deletecollection\", \"get\","
                    + " \"list\", \"patch\", \"proxy\", \"update\", \"watch\"",
            "{verbs: [get], apiGroups | {verbs: ['*', create], apiGroups | " + RESOURCES + "verbs: Invalid value:"
                    + " [\"*\",\"create\"]: if '*' is present, must not specify other verbs",
            "apiGroups: [\"\"] | apiGroups: ['*', tak] | " + RESOURCES + "apiGroups: Invalid value: [\"*\",\"tak\"]: if"
                    + " '*' is present, must not specify other api groups",
            "resources: [pods] | resources: ['*', tok] | " + RESOURCES + "resources: Invalid value: [\"*\",\"tok\"]: if"
                    + " '*' is present, must not specify other resources",
            "namespaces: [a] | namespaces: [foo, '*'] | " + RESOURCES + "namespaces: Invalid value: [\"foo\",\"*\"]: if"
                    + " '*' is present, must not specify other namespaces",
            "namespaces: [a] | namespaces: [] | " + RESOURCES
                    + "namespaces: Required value: resource rules that are not"
                    + " cluster scoped must supply at least one namespace",
            "{verbs: [get], nonRes | {verbs: [], nonRes | " + PATHS + "verbs: Required value: verbs must contain at"
                    + " least one value",
            "[/apis/*, /, /healthz/] | ['*', tik] | " + PATHS
                    + "nonResourceURLs: Invalid value: [\"*\",\"tik\"]: if '*'"
                    + " is present, must not specify other non-resource URLs",
            "[/apis/*, | ['', | " + PATHS + "nonResourceURLs[0]: Invalid value: \"\": must not be empty",
            "[/apis/*, | [foo, | " + PATHS + "nonResourceURLs[0]: Invalid value: \"foo\": must start with slash",
            "[/apis/*, | ['/a b', | " + PATHS + "nonResourceURLs[0]: Invalid value: \"/a b\": must not contain"
                    + " white-space",
            "[/apis/*, | [//, | " + PATHS + "nonResourceURLs[0]: Invalid value: \"//\": must not contain double slash",
            "[/apis/*, | [/health*, | " + PATHS
                    + "nonResourceURLs[0]: Invalid value: \"/health*\": wildcard can only do"
                    + " suffix matching",
            "[/apis/*, | [/*/*, | " + PATHS + "nonResourceURLs[0]: Invalid value: \"/*/*\": wildcard can only do suffix"
                    + " matching"})
    void aSchemaIsRefusedForWhatCannotBe(String what, String instead, String told) {
        assertThat(problems(SCHEMA, what, instead)).containsExactly(told);
    }

    @Test
    void aNamespaceOfARuleAndALevelHaveNames() {
        assertThat(problems(SCHEMA, "namespaces: [a]", "namespaces: [-foo]")).singleElement().asString()
                .startsWith(
                        RESOURCES + "namespaces[0]: Invalid value: \"-foo\": each member of this list must be '*' or"
                                + " a DNS-1123 label; a lowercase RFC 1123 label must consist of");
        assertThat(problems(SCHEMA, "{name: bar}", "{name: system+}")).singleElement().asString().startsWith(
                "spec.priorityLevelConfiguration.name: Invalid value: \"system+\": a lowercase RFC 1123 subdomain");
        assertThat(problems(SCHEMA, "User, user: {name: noxu}", "ServiceAccount, serviceAccount: {name: A, namespace:"
                + " B.c}")).satisfiesExactly(
                        first -> assertThat(first).startsWith(SUBJECT + "serviceAccount.name: Invalid value: \"A\": a"
                                + " lowercase RFC 1123 subdomain"),
                        second -> assertThat(second).startsWith(SUBJECT + "serviceAccount.namespace: Invalid value:"
                                + " \"B.c\": a lowercase RFC 1123 label"));
    }

    @Test
    void aSubjectIsInTheFieldOfItsKindAndInNoOther() {
        assertThat(problems(SCHEMA, "{kind: User, user: {name: noxu}}",
                "{kind: ServiceAccount, user: {name: fred}, group: {name: fred}}")).containsExactlyInAnyOrder(
                        SUBJECT + "serviceAccount: Required value: serviceAccount is required when subject kind is"
                                + " 'ServiceAccount'",
                        SUBJECT + "user: Forbidden: user is forbidden when subject kind is not 'User'",
                        SUBJECT + "group: Forbidden: group is forbidden when subject kind is not 'Group'");
        assertThat(problems(SCHEMA, "{kind: User, user: {name: noxu}}",
                "{kind: User, serviceAccount: {name: n, namespace: s}}")).containsExactlyInAnyOrder(
                        SUBJECT + "user: Required value: user is required when subject kind is 'User'",
                        SUBJECT + "serviceAccount: Forbidden: serviceAccount is forbidden when subject kind is not"
                                + " 'ServiceAccount'");
    }

    @Test
    void aRuleIsAboutSomethingAndSomebody() {
        String rule = SCHEMA.substring(0, SCHEMA.indexOf("    resourceRules"));
        assertThat(kit.createProblems(rule)).containsExactly(
                "spec.rules[0]: Required value: at least one of resourceRules and nonResourceRules has to be"
                        + " non-empty");
        assertThat(problems(SCHEMA, "[{kind: User, user: {name: noxu}}]", "[]")).containsExactly(
                "spec.rules[0].subjects: Required value: subjects must contain at least one value");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "type: Limited | type: Maybe | spec.type: Unsupported value: \"Maybe\": supported values: \"Exempt\","
                    + " \"Limited\"",
            "Shares: 100 | Shares: -1 | spec.limited.nominalConcurrencyShares: Invalid value: -1: must be positive",
            "Shares: 100 | Shares: 0 | spec.limited.nominalConcurrencyShares: Invalid value: 0: must be positive",
            "100, | 100, lendablePercent: 101, | spec.limited.lendablePercent: Invalid value: 101: must be between 0"
                    + " and 100, inclusive",
            "100, | 100, lendablePercent: -1, | spec.limited.lendablePercent: Invalid value: -1: must be between 0 and"
                    + " 100, inclusive",
            "100, | 100, borrowingLimitPercent: -1, | spec.limited.borrowingLimitPercent: Invalid value: -1: if"
                    + " specified, must be a non-negative integer",
            "type: Queue | type: Reject | spec.limited.limitResponse.queuing: Forbidden: must be nil if"
                    + " limited.limitResponse.type is not Limited",
            "{type: Queue, queuing: {queues: 512, handSize: 4}} | {type: Queue} | spec.limited.limitResponse.queuing:"
                    + " Required value: must not be empty if limited.limitResponse.type is Limited",
            "type: Queue | type: Wait | spec.limited.limitResponse.type: Unsupported value: \"Wait\": supported values:"
                    + " \"Queue\", \"Reject\"",
            "512, | -1, | spec.limited.limitResponse.queuing.queues: Invalid value: -1: must be positive /"
                    + " spec.limited.limitResponse.queuing.handSize: Invalid value: 4: should not be greater than"
                    + " queues (-1)",
            "handSize: 4 | handSize: -4 | spec.limited.limitResponse.queuing.handSize: Invalid value: -4: must be"
                    + " positive",
            "4} | 4, queueLengthLimit: -1} | spec.limited.limitResponse.queuing.queueLengthLimit: Invalid value: -1:"
                    + " must be positive",
            "512, handSize: 4 | 7, handSize: 8 | spec.limited.limitResponse.queuing.handSize: Invalid value: 8: should"
                    + " not be greater than queues (7)",
            "512, handSize: 4 | 512, handSize: 8 | spec.limited.limitResponse.queuing.handSize: Invalid value: 8:"
                    + " required entropy bits of deckSize 512 and handSize 8 should not be greater than 60",
            "512, handSize: 4 | 128, handSize: 10 | spec.limited.limitResponse.queuing.handSize: Invalid value: 10:"
                    + " required entropy bits of deckSize 128 and handSize 10 should not be greater than 60",
            "512, handSize: 4 | 2147483647, handSize: 3 | spec.limited.limitResponse.queuing.queues: Invalid value:"
                    + " 2147483647: must not be greater than 10000000 / spec.limited.limitResponse.queuing.handSize:"
                    + " Invalid value: 3: required entropy bits of deckSize 2147483647 and handSize 3 should not be"
                    + " greater than 60",
            "{name: bar} | {name: bar, annotations: {flowcontrol.k8s.io/v1beta3-preserve-zero-concurrency-shares: ''}}"
                    + " | metadata.annotations: Forbidden: annotation"
                    + " 'flowcontrol.k8s.io/v1beta3-preserve-zero-concurrency-shares' is forbidden"})
    void aLevelIsRefusedForWhatCannotBe(String what, String instead, String told) {
        assertThat(problems(LEVEL, what, instead)).containsExactly(told.split(" / "));
    }

    private static String level(String name, String spec) {
        return "{apiVersion: flowcontrol.apiserver.k8s.io/v1, kind: PriorityLevelConfiguration, metadata: {name: "
                + name
                + "}, spec: " + spec + "}";
    }

    @Test
    void aLevelIsLimitedOrTheOneThatIsExempt() {
        assertThat(kit.createProblems(level("a", "{type: Exempt}"))).containsExactly(
                "spec.type: Invalid value: \"Exempt\": type must be 'Exempt' if and only if name is 'exempt'");
        assertThat(kit.createProblems(level("a", "{type: Limited, exempt: {}}"))).containsExactly(
                "spec.exempt: Forbidden: must be nil if the type is Limited",
                "spec.limited: Required value: must not be empty when type is Limited");
        assertThat(kit.createProblems(level("exempt", "{type: Exempt, exempt: {nominalConcurrencyShares: -1,"
                + " lendablePercent: 101}}"))).containsExactly(
                        "spec.exempt.nominalConcurrencyShares: Invalid value: -1: must be a non-negative integer",
                        "spec.exempt.lendablePercent: Invalid value: 101: must be between 0 and 100, inclusive");
    }

    static Stream<Struct> bootstrap() {
        return Stream.concat(BootstrapConfiguration.levels().stream(), BootstrapConfiguration.schemas().stream());
    }

    @ParameterizedTest
    @MethodSource("bootstrap")
    void whatEveryClusterBeginsWithIsSound(Struct object) {
        assertThat(kit.createProblems(object)).isEmpty();
    }

    @Test
    void theSpecOfMandatoryObjectsIsFixed() {
        for (String name : List.of("exempt", "catch-all")) {
            assertThat(problems(SCHEMA, "{name: fred}", "{name: " + name + "}").getLast())
                    .startsWith("spec: Invalid value: {").endsWith(": spec of '" + name
                            + "' must equal the fixed value");
        }
        assertThat(problems(LEVEL, "{name: bar}", "{name: catch-all}")).singleElement().asString()
                .endsWith(": spec of 'catch-all' must equal the fixed value");
        assertThat(problems(LEVEL, "{name: bar}", "{name: exempt}").getLast())
                .endsWith(": spec of 'exempt' except the 'spec.exempt' field must equal the fixed value");
        assertThat(kit.createProblems(level("exempt", "{type: Exempt, exempt: {nominalConcurrencyShares: 10,"
                + " lendablePercent: 10}}"))).as("what exempt requests leave to others").isEmpty();
    }

    @Test
    void conditionsOfAStatusHaveTypesOfTheirOwn() {
        for (String object : List.of(SCHEMA, LEVEL)) {
            Struct o = Kit.yaml(object + "status: {conditions: [{type: A}, {type: A}, {type: ''}]}\n");
            assertThat(kit.hooks(o).problems(kit.write(Operation.UPDATE, o, Optional.of(o), "status"), o))
                    .extracting(Object::toString).containsExactly(
                            "status.conditions[1].type: Duplicate value: \"A\"",
                            "status.conditions[2].type: Required value: must not be empty");
        }
    }
}
