package io.k3j.corevalidation;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SchedulingProblemsTest {
    private static final String REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution";
    private static final String PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution";
    private static final Struct TERM = Struct.of("topologyKey", "kubernetes.io/hostname");

    private static final String NAME_PART = "name part must consist of alphanumeric characters, '-', '_' or '.', and"
            + " must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex"
            + " used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

    private static List<String> found(String field, Object value) {
        return Case.found(p -> SchedulingProblems.check(Struct.of(field, value), p));
    }

    static Stream<Case> tolerations() {
        return Stream.of(toleration(Struct.of("operator", "Exists")),
                toleration(Struct.of("key", "k", "value", "v", "effect", "NoSchedule")),
                toleration(Struct.of("key", "k", "operator", "Gt", "value", "1"), ".operator: Unsupported value:"
                        + " \"Gt\": supported values: \"Equal\", \"Exists\", \"Lt\", \"Gt\""),
                toleration(Struct.of("key", "k", "operator", "Lt", "value", "1"), ".operator: Unsupported value:"
                        + " \"Lt\": supported values: \"Equal\", \"Exists\", \"Lt\", \"Gt\""),
                toleration(Struct.of("operator", "Equal", "value", "v"),
                        ".operator: Invalid value: \"Equal\": operator must be Exists when `key` is empty, which means"
                                + " \"match all values and all keys\""),
                toleration(Struct.of("key", "k", "operator", "Exists", "value", "v"),
                        ".operator: Invalid value: \"v\": value must be empty when `operator` is 'Exists'"),
                toleration(Struct.of("key", "k", "effect", "NoExecute", "tolerationSeconds", 1)),
                toleration(Struct.of("key", "k", "effect", "NoSchedule", "tolerationSeconds", 1),
                        ".effect: Invalid value: \"NoSchedule\": effect must be 'NoExecute' when `tolerationSeconds`"
                                + " is set"),
                toleration(Struct.of("key", "k", "operator", "Like"), ".operator: Unsupported value: \"Like\":"
                        + " supported values: \"Equal\", \"Exists\""),
                toleration(Struct.of("key", "k", "effect", "Run"), ".effect: Unsupported value: \"Run\": supported"
                        + " values: \"NoSchedule\", \"PreferNoSchedule\", \"NoExecute\""));
    }

    private static Case toleration(Struct toleration, String... expected) {
        return Case.of("tolerations", Seq.of(toleration),
                Stream.of(expected).map(e -> "tolerations[0]" + e).toArray(String[]::new));
    }

    static Stream<Case> spread() {
        Struct valid = Struct.of("maxSkew", 1, "topologyKey", "zone", "whenUnsatisfiable", "DoNotSchedule");
        String at = "topologySpreadConstraints[0].";
        return Stream.of(Case.of("topologySpreadConstraints", Seq.of(valid)),
                Case.of("topologySpreadConstraints", Seq.of(valid.with("maxSkew", 0)),
                        at + "maxSkew: Invalid value: 0: must be greater than zero"),
                Case.of("topologySpreadConstraints", Seq.of(valid.with("maxSkew", -1)),
                        at + "maxSkew: Invalid value: -1: must be greater than zero"),
                Case.of("topologySpreadConstraints", Seq.of(valid.without("topologyKey")),
                        at + "topologyKey: Required value: can not be empty"),
                Case.of("topologySpreadConstraints", Seq.of(valid.with("labelSelector", selector("Gt"))),
                        at + "labelSelector.matchExpressions[0].operator: Invalid value: \"Gt\": not a valid selector"
                                + " operator"),
                Case.of("topologySpreadConstraints", Seq.of(valid.with("whenUnsatisfiable", "Wait")),
                        at + "whenUnsatisfiable: Unsupported value: \"Wait\": supported values: \"DoNotSchedule\","
                                + " \"ScheduleAnyway\""),
                Case.of("topologySpreadConstraints", Seq.of(valid.without("whenUnsatisfiable")),
                        at + "whenUnsatisfiable: Unsupported value: \"\": supported values: \"DoNotSchedule\","
                                + " \"ScheduleAnyway\""),
                Case.of("topologySpreadConstraints", Seq.of(valid.with("matchLabelKeys", Seq.of("app"))),
                        at + "matchLabelKeys: Forbidden: must not be specified when labelSelector is not set"),
                Case.of("topologySpreadConstraints", Seq.of(valid, valid.with("whenUnsatisfiable", "ScheduleAnyway"))),
                Case.of("topologySpreadConstraints", Seq.of(valid, valid),
                        at + "{topologyKey, whenUnsatisfiable}: Duplicate value: \"{zone, DoNotSchedule}\""),
                Case.of("topologySpreadConstraints", Seq.of(valid.with("minDomains", 2))),
                Case.of("topologySpreadConstraints", Seq.of(valid.with("minDomains", 0)),
                        at + "minDomains: Invalid value: 0: must be greater than zero"),
                Case.of("topologySpreadConstraints",
                        Seq.of(valid.with("minDomains", 2).with("whenUnsatisfiable", "ScheduleAnyway")),
                        at + "minDomains: Invalid value: 2: can only use minDomains if"
                                + " whenUnsatisfiable=DoNotSchedule, not ScheduleAnyway"),
                Case.of("topologySpreadConstraints",
                        Seq.of(valid.with("nodeTaintsPolicy", "Honor").with("nodeAffinityPolicy", "Ignore"))),
                Case.of("topologySpreadConstraints",
                        Seq.of(valid.with("nodeTaintsPolicy", "Foo").with("nodeAffinityPolicy", "")),
                        at + "nodeAffinityPolicy: Unsupported value: \"\": supported values: \"Honor\", \"Ignore\"",
                        at + "nodeTaintsPolicy: Unsupported value: \"Foo\": supported values: \"Honor\", \"Ignore\""));
    }

    private static Struct selector(String operator) {
        return Struct.of("matchExpressions", Seq.of(Struct.of("key", "k", "operator", operator)));
    }

    static Stream<Case> affinity() {
        return Stream.of("podAffinity", "podAntiAffinity").flatMap(kind -> {
            String at = "affinity." + kind + ".";
            return Stream.of(pods(kind, REQUIRED, TERM),
                    pods(kind, REQUIRED, Struct.EMPTY,
                            at + REQUIRED + "[0].topologyKey: Required value: can not be empty",
                            at + REQUIRED + "[0].topologyKey: Invalid value: \"\": name part must be non-empty",
                            at + REQUIRED + "[0].topologyKey: Invalid value: \"\": " + NAME_PART),
                    pods(kind, REQUIRED,
                            TERM.with("labelSelector",
                                    Struct.of("matchExpressions",
                                            Seq.of(Struct.of("key", "k", "operator", "In")))),
                            at + REQUIRED + "[0].labelSelector.matchExpressions[0].values: Required value: must be"
                                    + " specified when `operator` is 'In' or 'NotIn'"),
                    pods(kind, REQUIRED, TERM.with("namespaceSelector", selector("Gt")),
                            at + REQUIRED + "[0].namespaceSelector.matchExpressions[0].operator: Invalid value: \"Gt\":"
                                    + " not a valid selector operator"),
                    pods(kind, PREFERRED, Struct.of("weight", 100, "podAffinityTerm", TERM)),
                    pods(kind, PREFERRED, Struct.of("weight", 101, "podAffinityTerm", TERM),
                            at + PREFERRED + "[0].weight: Invalid value: 101: must be in the range 1-100"),
                    pods(kind, PREFERRED, Struct.of("podAffinityTerm", TERM),
                            at + PREFERRED + "[0].weight: Invalid value: 0: must be in the range 1-100"),
                    pods(kind, PREFERRED, Struct.of("weight", 1),
                            at + PREFERRED + "[0].podAffinityTerm.topologyKey: Required value: can not be empty",
                            at + PREFERRED + "[0].podAffinityTerm.topologyKey: Invalid value: \"\": name part must be"
                                    + " non-empty",
                            at + PREFERRED + "[0].podAffinityTerm.topologyKey: Invalid value: \"\": " + NAME_PART));
        });
    }

    private static Case pods(String kind, String when, Struct term, String... expected) {
        return Case.of("affinity", Struct.of(kind, Struct.of(when, Seq.of(term))), expected);
    }

    static Stream<Case> nodes() {
        Struct terms = Struct.of("nodeSelectorTerms", Seq.of(Struct.of("matchExpressions", Seq.EMPTY)));
        return Stream.of(Case.of("affinity", Struct.of("nodeAffinity", Struct.of(REQUIRED, terms))),
                Case.of("affinity",
                        Struct.of("nodeAffinity", Struct.of(REQUIRED, Struct.of("nodeSelectorTerms", Seq.EMPTY))),
                        "affinity.nodeAffinity." + REQUIRED
                                + ".nodeSelectorTerms: Required value: must have at least one node selector term"));
    }

    static Stream<Case> nodeRequirements() {
        String labels = "matchExpressions";
        String fields = "matchFields";
        Struct name = Struct.of("key", "metadata.name", "operator", "In", "values", Seq.of("n1"));
        return Stream.of(node(labels, Struct.of("key", "k", "operator", "Gt", "values", Seq.of("1"))),
                node(labels, Struct.of("key", "k", "operator", "Exists")), node(fields, name),
                node(labels, Struct.of("key", "k", "operator", "Gt"),
                        ".values: Required value: must be specified single value when `operator` is 'Lt' or 'Gt'"),
                node(labels, Struct.of("key", "k", "operator", "In"),
                        ".values: Required value: must be specified when `operator` is 'In' or 'NotIn'"),
                node(labels, Struct.of("key", "k", "operator", "Exists", "values", Seq.of("v")),
                        ".values: Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'"),
                node(labels, Struct.of("key", "k", "operator", "Like", "values", Seq.of("v")),
                        ".operator: Invalid value: \"Like\": not a valid selector operator"),
                node(fields, name.with("key", "spec.x"),
                        ".key: Invalid value: \"spec.x\": not a valid field selector key"),
                node(fields, name.with("operator", "Exists"),
                        ".operator: Invalid value: \"Exists\": not a valid selector operator"),
                node(fields, name.with("values", Seq.of("n1", "n2")),
                        ".values: Required value: must be only one value when `operator` is 'In' or 'NotIn' for node"
                                + " field selector"));
    }

    private static Case node(String list, Struct requirement, String... expected) {
        Struct terms = Struct.of("nodeSelectorTerms", Seq.of(Struct.of(list, Seq.of(requirement))));
        return Case.of("affinity", Struct.of("nodeAffinity", Struct.of(REQUIRED, terms)), Stream.of(expected)
                .map(e -> "affinity.nodeAffinity." + REQUIRED + ".nodeSelectorTerms[0]." + list + "[0]" + e)
                .toArray(String[]::new));
    }

    static Stream<Case> preferredNodes() {
        String at = "affinity.nodeAffinity." + PREFERRED + "[0].";
        Struct term = Struct.of("weight", 1, "preference", selector("Exists"));
        return Stream.of(preferred(term),
                preferred(term.with("weight", 0), at + "weight: Invalid value: 0: must be in the range 1-100"),
                preferred(term.with("preference", selector("Lt")), at + "preference.matchExpressions[0].values:"
                        + " Required value: must be specified single value when `operator` is 'Lt' or 'Gt'"));
    }

    private static Case preferred(Struct term, String... expected) {
        return Case.of("affinity", Struct.of("nodeAffinity", Struct.of(PREFERRED, Seq.of(term))), expected);
    }

    @Test
    void theKeysAndNamesOfNodesAreSuchAsNodesCanHave() {
        Case key = node("matchExpressions", Struct.of("key", "a/b/c", "operator", "Exists"));
        assertThat(found(key.field(), key.value())).singleElement().asString()
                .contains("matchExpressions[0].key: Invalid value: \"a/b/c\"");
        Case name = node("matchFields",
                Struct.of("key", "metadata.name", "operator", "In", "values", Seq.of("-")));
        assertThat(found(name.field(), name.value())).singleElement().asString()
                .contains("matchFields[0].values[0]: Invalid value: \"-\"");
    }

    @ParameterizedTest
    @MethodSource({"tolerations", "spread", "affinity", "nodes", "nodeRequirements", "preferredNodes"})
    void eachFieldIsRefusedInUpstreamsWords(Case c) {
        assertThat(found(c.field(), c.value())).containsExactlyElementsOf(c.expected());
    }

    @Test
    void aNodeSelectorHoldsLabels() {
        assertThat(found("nodeSelector", Struct.of("disk", "ssd"))).isEmpty();
        assertThat(found("nodeSelector", Struct.of("disk", "-"))).singleElement().asString()
                .startsWith("nodeSelector: Invalid value: \"-\": a valid label must be an empty string or consist");
    }

    @Test
    void theKeyOfATolerationIsAQualifiedName() {
        assertThat(found("tolerations", Seq.of(Struct.of("key", "a/b/c")))).singleElement().asString()
                .startsWith("tolerations[0].key: Invalid value: \"a/b/c\": a valid label key must consist of");
    }

    @Test
    void theValueOfATolerationIsThatOfALabel() {
        assertThat(found("tolerations", Seq.of(Struct.of("key", "k", "value", "a b")))).singleElement().asString()
                .startsWith("tolerations[0].operator: Invalid value: \"a b\": a valid label must be an empty string");
    }

    @Test
    void aSchedulingGateIsThereOnce() {
        assertThat(found("schedulingGates", Seq.of(Struct.of("name", "a"), Struct.of("name", "b"),
                Struct.of("name", "a")))).containsExactly("schedulingGates[2]: Duplicate value: \"a\"");
    }

    @Test
    void gatesHaveQualifiedNames() {
        assertThat(found("schedulingGates", Seq.of(Struct.of("name", "/a"))))
                .containsExactly("schedulingGates[0]: Invalid value: \"/a\": prefix part must be non-empty");
        assertThat(found("readinessGates", Seq.of(Struct.of("conditionType", "/a")))).containsExactly(
                "readinessGates[0].conditionType: Invalid value: \"/a\": prefix part must be non-empty");
    }

    static Stream<Case> labelKeys() {
        Struct selecting = TERM.with("labelSelector", Struct.of("matchLabels", Struct.of("app", "a"),
                "matchExpressions", Seq.of(Struct.of("key", "tier", "operator", "In", "values", Seq.of("b")))));
        String at = "affinity.podAffinity." + REQUIRED + "[0]";
        return Stream.of(pods("podAffinity", REQUIRED, selecting.with("matchLabelKeys", Seq.of("app", "tier"))),
                pods("podAffinity", REQUIRED, TERM.with("mismatchLabelKeys", Seq.of("app")),
                        at + ".mismatchLabelKeys: Forbidden: must not be specified when labelSelector is not set"),
                pods("podAffinity", REQUIRED, selecting.with("mismatchLabelKeys", Seq.of("/a")),
                        at + ".mismatchLabelKeys[0]: Invalid value: \"/a\": prefix part must be non-empty"),
                pods("podAffinity", REQUIRED,
                        selecting.with("matchLabelKeys", Seq.of("a", "b")).with("mismatchLabelKeys", Seq.of("b")),
                        at + ".matchLabelKeys[1]: Invalid value: \"b\": exists in both matchLabelKeys and"
                                + " mismatchLabelKeys"),
                pods("podAffinity", REQUIRED,
                        selecting.with("matchLabelKeys", Seq.of("b", "tier")).withAt(Struct.of("tier", "x"),
                                "labelSelector", "matchLabels"),
                        at + "[1]: Invalid value: \"tier\": exists in both matchLabelKeys and labelSelector"),
                pods("podAffinity", REQUIRED, TERM.with("namespaces", Seq.of("a", "b.c")),
                        at + ".namespace: Invalid value: \"b.c\": must not contain dots"));
    }

    @ParameterizedTest
    @MethodSource("labelKeys")
    void keysOfThePodsOwnLabelsStandOnce(Case c) {
        assertThat(found(c.field(), c.value())).containsExactlyElementsOf(c.expected());
    }

    @Test
    void nodesThatMustBeMetHaveValuesThatLabelsCanHave() {
        Struct odd = Struct.of("key", "k", "operator", "In", "values", Seq.of("-"));
        Case required = node("matchExpressions", odd);
        assertThat(found(required.field(), required.value())).singleElement().asString()
                .contains("matchExpressions[0].values[0]: Invalid value: \"-\": a valid label must be");
        Case preferred = preferred(
                Struct.of("weight", 1, "preference", Struct.of("matchExpressions", Seq.of(odd))));
        assertThat(found(preferred.field(), preferred.value())).isEmpty();
    }
}
