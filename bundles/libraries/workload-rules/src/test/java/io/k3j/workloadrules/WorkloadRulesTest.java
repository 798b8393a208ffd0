package io.k3j.workloadrules;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.FieldProblem;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Deployments and the other sets of pods.
class WorkloadRulesTest {
    private static final String POD = "template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image:"
            + " x}]}}";
    private static final String SELECTOR = "selector: {matchLabels: {a: b}}";
    private static final String OTHER = "`selector` does not match template `labels`";
    private final Kit kit = new Kit();

    /// @param spec besides a sound template and, but for controllers, selector
    record Case(String kind, String spec, List<String> expected) {
        static Case of(String kind, String spec, String... expected) {
            return new Case(kind, spec, Arrays.asList(expected));
        }
    }

    private static String yaml(String kind, String name, String spec) {
        return """
                apiVersion: %s
                kind: %s
                metadata: {name: %s, namespace: d}
                spec: {%s}
                """.formatted(kind.equals("ReplicationController") ? "v1" : "apps/v1", kind, name, spec);
    }

    private List<String> problems(Struct before, Struct after, String subresource) {
        boolean created = before.isEmpty();
        Write write = kit.write(created ? Operation.CREATE : Operation.UPDATE, after,
                created ? Optional.empty() : Optional.of(before), subresource);
        return kit.hooks(after).problems(write, after).stream().map(FieldProblem::toString).toList();
    }

    private List<String> created(String kind, String spec) {
        return problems(Struct.EMPTY, kit.created(yaml(kind, "w", spec)), "");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"{}|{type: RollingUpdate, rollingUpdate: {partition: 0}}",
            "{type: RollingUpdate}|{type: RollingUpdate}",
            "{type: RollingUpdate, rollingUpdate: {}}|{type: RollingUpdate, rollingUpdate: {partition: 0}}",
            "{type: OnDelete}|{type: OnDelete}"})
    void howAStatefulSetRollsIsFilledInWhereNothingIsSaid(String given, String filled) {
        Struct set = kit.defaulted(yaml("StatefulSet", "w", "updateStrategy: " + given));
        assertThat(set.struct("spec").struct("updateStrategy")).isEqualTo(Kit.yaml(filled));
        assertThat(kit.hooks(set).defaulted(kit.kind(set).gvk(), set)).isEqualTo(set);
    }

    @Test
    void whoSaysHowADeploymentIsChangesNoLabelsOfIt() {
        Struct plain = kit.created(yaml("Deployment", "w", SELECTOR + ", " + POD));
        Struct labelled = plain.withAt(Struct.of("a", "b"), "metadata", "labels");
        Struct annotated = plain.withAt(Struct.of("c", "d"), "metadata", "annotations");
        assertThat(kit.hooks(plain).prepared(kit.write(Operation.UPDATE, labelled, Optional.of(plain), "status"),
                labelled)).isEqualTo(plain);
        assertThat(kit.hooks(plain).prepared(kit.write(Operation.UPDATE, annotated, Optional.of(labelled), "status"),
                annotated)).isEqualTo(annotated.withAt(Struct.of("a", "b"), "metadata", "labels"));
        assertThat(kit.hooks(plain).prepared(kit.write(Operation.UPDATE, labelled, Optional.of(plain), ""), labelled))
                .isEqualTo(labelled);
    }

    static Stream<Case> selectors() {
        return Stream.of("Deployment", "ReplicaSet", "StatefulSet").flatMap(kind -> {
            String called = kind.equals("StatefulSet") ? "statefulset" : "deployment";
            return Stream.of(Case.of(kind, POD, "spec.selector: Required value",
                    "spec.template.metadata.labels: Invalid value: {\"a\":\"b\"}: " + OTHER),
                    Case.of(kind, POD + ", selector: {}",
                            "spec.selector: Invalid value: {}: empty selector is invalid for " + called),
                    Case.of(kind, POD + ", selector: {matchLabels: {a: c}}",
                            "spec.template.metadata.labels: Invalid value: {\"a\":\"b\"}: " + OTHER),
                    Case.of(kind,
                            "selector: {matchExpressions: [{key: a, operator: In}]}, template: {spec: {containers:"
                                    + " []}}",
                            "spec.selector.matchExpressions[0].values: Required value: must be specified when"
                                    + " `operator` is 'In' or 'NotIn'",
                            "spec.selector: Invalid value: {\"matchExpressions\":[{\"key\":\"a\",\"operator\":"
                                    + "\"In\"}]}: invalid label selector"));
        });
    }

    static Stream<Case> strategies() {
        String spec = POD + ", " + SELECTOR;
        return Stream.of(
                Case.of("Deployment", spec + ", strategy: {type: Recreate, rollingUpdate: {maxSurge: -1}}",
                        "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is"
                                + " 'Recreate'"),
                Case.of("Deployment", spec + ", strategy: {type: Roll, rollingUpdate: {maxSurge: 1}}",
                        "spec.strategy: Unsupported value: {\"Type\":\"Roll\",\"RollingUpdate\":{\"MaxUnavailable\":"
                                + "null,\"MaxSurge\":1}}: supported values: \"Recreate\", \"RollingUpdate\""),
                Case.of("Deployment", spec + ", progressDeadlineSeconds: -1, minReadySeconds: 0",
                        "spec.progressDeadlineSeconds: Invalid value: -1: must be greater than or equal to 0",
                        "spec.progressDeadlineSeconds: Invalid value: -1: must be greater than minReadySeconds"),
                Case.of("DaemonSet", spec + ", updateStrategy: {type: Roll}", "spec.updateStrategy: Unsupported value:"
                        + " {\"Type\":\"Roll\",\"RollingUpdate\":null}: supported values: \"RollingUpdate\","
                        + " \"OnDelete\""),
                Case.of("DaemonSet", spec + ", updateStrategy: {type: OnDelete}, minReadySeconds: -1",
                        "spec.minReadySeconds: Invalid value: -1: must be greater than or equal to 0"),
                Case.of("DaemonSet", POD, "spec.template.metadata.labels: Invalid value: {\"a\":\"b\"}: " + OTHER),
                Case.of("DaemonSet", POD + ", selector: {}",
                        "spec.selector: Invalid value: {}: empty selector is invalid for daemonset"),
                Case.of("ReplicationController", "minReadySeconds: -1, selector: {a: b}",
                        "spec.minReadySeconds: Invalid value: -1: must be greater than or equal to 0",
                        "spec.template: Required value"),
                Case.of("ReplicationController", POD + ", selector: {a: c}",
                        "spec.template.metadata.labels: Invalid value: {\"a\":\"b\"}: " + OTHER));
    }

    static Stream<Case> statefulSets() {
        String spec = POD + ", " + SELECTOR + ", ";
        String claim = "volumeClaimTemplates: [{metadata: {name: v}, spec: {resources: {requests: {storage: 1}}}}]";
        String kind = "StatefulSet";
        return Stream.of(
                Case.of(kind, spec + "podManagementPolicy: Random",
                        "spec.podManagementPolicy: Invalid value: \"Random\": must be 'OrderedReady' or 'Parallel'"),
                Case.of(kind, spec + "serviceName: a.b",
                        "spec.serviceName: Invalid value: \"a.b\": must not contain dots"),
                Case.of(kind, spec + "updateStrategy: {type: Roll}", "spec.updateStrategy: Invalid value: {\"Type\":"
                        + "\"Roll\",\"RollingUpdate\":null}: must be 'RollingUpdate' or 'OnDelete'"),
                Case.of(kind, spec + "updateStrategy: {type: OnDelete, rollingUpdate: {}}",
                        "spec.updateStrategy.rollingUpdate: Invalid value: true: only allowed for updateStrategy"
                                + " 'RollingUpdate'"),
                Case.of(kind, spec + "updateStrategy: {rollingUpdate: {maxUnavailable: 0}}",
                        "spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: 0: cannot be 0"),
                Case.of(kind, spec + "updateStrategy: {rollingUpdate: {maxUnavailable: 101%}}",
                        "spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: \"101%\": must not be greater"
                                + " than 100%"),
                Case.of(kind, spec + claim, "spec.volumeClaimTemplates[0].spec.accessModes: Required value: at least 1"
                        + " access mode is required"));
    }

    @ParameterizedTest
    @MethodSource({"selectors", "strategies", "statefulSets"})
    void eachIsRefusedInUpstreamsWords(Case c) {
        assertThat(created(c.kind, c.spec)).containsExactlyElementsOf(c.expected);
    }

    @Test
    void theNameOfANewStatefulSetIsPartOfHostNames() {
        String spec = POD + ", " + SELECTOR;
        Struct dotted = kit.created(yaml("StatefulSet", "a.b", spec));
        assertThat(problems(Struct.EMPTY, dotted, ""))
                .containsExactly("metadata.name: Invalid value: \"a.b\": must not contain dots");
        assertThat(problems(dotted, dotted.withAt(2L, "spec", "replicas"), "")).isEmpty();
    }

    @Test
    void aStatefulSetsPodsMountItsClaimsAndHaveHostNamesOfTheirOwn() {
        String claims = "volumeClaimTemplates: [{metadata: {name: v}, spec: {accessModes: [ReadWriteOnce], resources:"
                + " {requests: {storage: 1}}}}], ";
        String template = "template: {metadata: {labels: {a: b}}, spec: {hostname: A.B, containers: [{name: c, image:"
                + " x, volumeMounts: [{name: v, mountPath: /v}]}], volumes: [{name: v, emptyDir: {}}]}}";
        assertThat(created("StatefulSet", claims + SELECTOR + ", " + template)).isEmpty();
    }

    /// Another release may have taken what this one refuses, and its objects lack newer defaults.
    @Test
    void aStatefulSetThatWasTakenIsStillScaled() {
        String spec = POD + ", " + SELECTOR;
        Struct sound = kit.created(yaml("StatefulSet", "w", spec));
        Struct odd = kit.created(
                yaml("StatefulSet", "w", spec + ", updateStrategy: {type: OnDelete, rollingUpdate: {}}"));
        assertThat(problems(odd, odd.withAt(2L, "spec", "replicas"), "")).isEmpty();
        assertThat(problems(sound, odd, "")).singleElement().asString()
                .endsWith(": only allowed for updateStrategy 'RollingUpdate'");
        Struct stored = sound.withoutAt("spec", "podManagementPolicy");
        assertThat(problems(stored, sound.withAt(2L, "spec", "replicas"), "")).isEmpty();
    }

    /// A list of problems that is full does not grow: what else is wrong is not taken for sound.
    @Test
    void aSelectorBehindManyProblemsIsNotRead() {
        String claims = "volumeClaimTemplates: [" + String.join(", ", Collections.nCopies(60,
                "{metadata: {name: v}, spec: {}}")) + "], ";
        assertThat(created("StatefulSet", claims + POD + ", selector: {matchExpressions: [{key: a, operator: Foo}]}"))
                .hasSize(Problems.MOST + 1);
    }

    @ParameterizedTest
    @CsvSource({"Deployment,ReplicaSet", "ReplicaSet,ReplicaSet", "DaemonSet,DaemonSet", "StatefulSet,StatefulSet",
            "ReplicationController,ReplicationController"})
    void podsThatAreToRunHaveNoDeadline(String kind, String told) {
        String selector = kind.equals("ReplicationController") ? "selector: {a: b}" : SELECTOR;
        String spec = POD.replace("spec: {", "spec: {activeDeadlineSeconds: 5, ") + ", " + selector;
        assertThat(created(kind, spec)).containsExactly("spec.template.spec.activeDeadlineSeconds: Forbidden:"
                + " activeDeadlineSeconds in " + told + " is not Supported");
    }

    private List<String> status(String kind, Struct before, Struct after) {
        Struct o = kit.created(yaml(kind, "w", POD + ", " + SELECTOR));
        return problems(o.with("status", before), o.with("status", after), "status");
    }

    @ParameterizedTest
    @CsvSource({"Deployment,readyReplicas", "ReplicaSet,readyReplicas", "StatefulSet,status.readyReplicas"})
    void noMorePodsAreReadyThanThereAre(String kind, String ready) {
        Struct sound = Struct.of("replicas", 2L, "readyReplicas", 1L, "availableReplicas", 1L);
        assertThat(status(kind, Struct.EMPTY, sound)).isEmpty();
        assertThat(status(kind, sound, sound.with("readyReplicas", 3L))).containsExactly(
                "status.readyReplicas: Invalid value: 3: cannot be greater than status.replicas");
        Struct odd = sound.with("availableReplicas", 2L);
        assertThat(status(kind, sound, odd)).containsExactly(
                "status.availableReplicas: Invalid value: 2: cannot be greater than " + ready);
        assertThat(status(kind, odd, odd.with("observedGeneration", 2L))).isEmpty();
        assertThat(status(kind, sound, sound.with("observedGeneration", -1L))).containsExactly(
                "status.observedGeneration: Invalid value: -1: must be greater than or equal to 0");
    }

    @ParameterizedTest
    @CsvSource({"Deployment", "DaemonSet", "StatefulSet"})
    void collisionsAreNotForgotten(String kind) {
        Struct two = Struct.of("collisionCount", 2L);
        assertThat(status(kind, Struct.EMPTY, two)).isEmpty();
        assertThat(status(kind, two, Struct.of("collisionCount", 1L)))
                .containsExactly("status.collisionCount: Invalid value: 1: cannot be decremented");
    }

    @Test
    void aRevisionHasDataThatStays() {
        Struct revision = Struct.of("apiVersion", "apps/v1", "kind", "ControllerRevision", "metadata",
                Struct.of("name", "r", "namespace", "d"), "data", Struct.of("a", "b"), "revision", 1L);
        assertThat(problems(Struct.EMPTY, revision, "")).isEmpty();
        assertThat(problems(Struct.EMPTY, revision.with("data", Null.NULL), ""))
                .containsExactly("data: Required value: data is mandatory");
        assertThat(problems(Struct.EMPTY, revision.with("data", Seq.EMPTY), ""))
                .containsExactly("data: Invalid value: []: data must be a valid JSON object");
        assertThat(problems(revision, revision.with("revision", 2L), "")).isEmpty();
        assertThat(problems(revision, revision.with("data", Struct.of("a", "c")).with("revision", -1L), ""))
                .containsExactly("data: Invalid value: {\"a\":\"c\"}: field is immutable",
                        "revision: Invalid value: -1: must be greater than or equal to 0");
    }

    @Test
    void whoWritesATemplateIsWarned() {
        String spec = POD.replace("spec: {", "spec: {nodeSelector: {beta.kubernetes.io/os: linux}, ") + ", " + SELECTOR;
        String old = "spec.template.spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use"
                + " \"kubernetes.io/os\" instead";
        Struct o = kit.created(yaml("Deployment", "a.b", spec));
        Write create = kit.write(Operation.CREATE, o, Optional.empty(), "");
        assertThat(kit.hooks(o).rules().warnings(create, o)).containsExactly("metadata.name: this is used in Pod names"
                + " and hostnames, which can result in surprising behavior; a DNS label is recommended: [must not"
                + " contain dots]", old);
        Write same = kit.write(Operation.UPDATE, o, Optional.of(o), "");
        assertThat(kit.hooks(o).rules().warnings(same, o)).isEmpty();
        Struct scaled = o.withAt(3L, "spec", "replicas");
        assertThat(kit.hooks(o).rules().warnings(same, scaled)).containsExactly(old);
    }
}
