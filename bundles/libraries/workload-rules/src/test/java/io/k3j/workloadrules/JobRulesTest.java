package io.k3j.workloadrules;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.FieldProblem;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class JobRulesTest {
    private static final String UID = "batch.kubernetes.io/controller-uid";
    private static final String LABELS = "spec.template.metadata.labels";
    private final Kit kit = new Kit();

    record Case(String spec, List<String> expected) {
        static Case of(String spec, String... expected) {
            return new Case(spec, Arrays.asList(expected));
        }
    }

    private static String yaml(String name, String labels, String restart, String more) {
        return """
                apiVersion: batch/v1
                kind: Job
                metadata: {name: %s, namespace: d, uid: u}
                spec: {%s, template: {metadata: {labels: {%s}}, spec: {%s containers: [{name: c, image: x}]}}}
                """.formatted(name, more, labels, restart);
    }

    private static String yaml(String more) {
        return yaml("j", "a: b", "restartPolicy: Never,", more);
    }

    private List<String> problems(Struct before, Struct after) {
        boolean created = before.isEmpty();
        Write write = kit.write(created ? Operation.CREATE : Operation.UPDATE, after,
                created ? Optional.empty() : Optional.of(before), "");
        return kit.hooks(after).problems(write, after).stream().map(FieldProblem::toString).toList();
    }

    private List<String> created(String yaml) {
        return problems(Struct.EMPTY, kit.created(yaml));
    }

    @Test
    void aJobHasTheLabelsOfItsPodsAndAGeneratedSelector() {
        Struct job = kit.created(yaml("suspend: false"));
        assertThat(job.at("metadata", "labels")).isEqualTo(Struct.of("a", "b"));
        assertThat(job.at("spec", "manualSelector")).isEqualTo(false);
        assertThat(job.at("spec", "selector")).isEqualTo(Struct.of("matchLabels", Struct.of(UID, "u")));
        assertThat(job.struct("spec").struct("template").struct("metadata").struct("labels").texts())
                .containsEntry(UID, "u").containsEntry("batch.kubernetes.io/job-name", "j")
                .containsEntry("controller-uid", "u").containsEntry("job-name", "j").containsEntry("a", "b");
        assertThat(problems(Struct.EMPTY, job)).isEmpty();
    }

    @Test
    void labelsThatAreGeneratedAreThoseOfTheJob() {
        Struct job = kit.created(yaml("j", "job-name: other", "restartPolicy: Never,", "suspend: false"));
        assertThat(problems(Struct.EMPTY, job)).singleElement().asString()
                .startsWith(LABELS + "[job-name]: Invalid value: ").endsWith(": must be 'j'");
        Struct sound = kit.created(yaml("suspend: false"));
        assertThat(problems(Struct.EMPTY, sound.withoutAt("spec", "template", "metadata", "labels", "job-name")))
                .containsExactly(LABELS + "[job-name]: Required value: must be 'j'");
        Struct selector = Struct.of("matchLabels", Struct.of(UID, "u", "a", "b"));
        assertThat(problems(Struct.EMPTY, sound.withAt(selector, "spec", "selector"))).singleElement().asString()
                .startsWith("spec.selector: Invalid value: ").endsWith(": `selector` not auto-generated");
    }

    static Stream<Case> specs() {
        String domain = "must be a domain-prefixed path (such as \"acme.io/foo\")";
        return Stream.of(Case.of("managedBy: acme.io/foo"),
                Case.of("managedBy: ''", "managedBy: Required value"),
                Case.of("managedBy: foo", "managedBy: Invalid value: \"foo\": " + domain),
                Case.of("managedBy: a.b/", "managedBy: Invalid value: \"a.b/\": " + domain),
                Case.of("managedBy: 'a.b/c d'", "managedBy: Invalid value: \"c d\": Invalid path (regex used for"
                        + " validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')"),
                Case.of("managedBy: a.b/" + "c".repeat(60), "managedBy: Too long: may not be more than 63 bytes"),
                Case.of("podFailurePolicy: {rules: [{action: Ignore, onPodConditions: [{type: /a}]}]}",
                        "podFailurePolicy.rules[0].onPodConditions[0].type: Invalid value: \"/a\": prefix part must be"
                                + " non-empty"));
    }

    @ParameterizedTest
    @MethodSource("specs")
    void eachFieldIsRefusedInUpstreamsWords(Case c) {
        assertThat(created(yaml(c.spec)))
                .containsExactlyElementsOf(c.expected.stream().map(e -> "spec." + e).toList());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"|Required value: valid values: \"OnFailure\", \"Never\"",
            "restartPolicy: Always,|Required value: valid values: \"OnFailure\", \"Never\""})
    void podsOfAJobEnd(String restart, String expected) {
        assertThat(created(yaml("j", "a: b", restart == null ? "" : restart, "podFailurePolicy: {rules: []}")))
                .containsExactly("spec.template.spec.restartPolicy: " + expected);
    }

    @Test
    void patternsOfConditionsAskWhetherTheyHold() {
        Struct job = kit.created(
                yaml("podFailurePolicy: {rules: [{action: Ignore, onPodConditions: [{type: DisruptionTarget}]}]}"));
        assertThat(job.struct("spec").struct("podFailurePolicy").seq("rules").struct(0).seq("onPodConditions"))
                .isEqualTo(Seq.of(Struct.of("type", "DisruptionTarget", "status", "True")));
    }

    /// Another release may have taken what this one refuses, and its objects lack newer defaults.
    @Test
    void whatWasTakenStays() {
        Struct odd = kit.created(yaml("managedBy: foo"));
        assertThat(problems(odd, odd.withAt(true, "spec", "suspend"))).isEmpty();
        assertThat(problems(odd, odd.withAt(-1L, "spec", "parallelism"))).singleElement().asString()
                .startsWith("spec.parallelism: Invalid value: -1");
        Struct policy = kit.created(
                yaml("podFailurePolicy: {rules: [{action: Ignore, onPodConditions: [{type: DisruptionTarget}]}]}"));
        Struct rule = Struct.of("action", "Ignore", "onPodConditions", Seq.of(Struct.of("type", "DisruptionTarget")));
        Struct stored = policy.withAt(Seq.of(rule), "spec", "podFailurePolicy", "rules");
        assertThat(problems(stored, policy.withAt("c", "metadata", "labels", "a"))).isEmpty();
        assertThat(problems(stored, policy.withAt(Seq.EMPTY, "spec", "podFailurePolicy", "rules"))).singleElement()
                .asString().startsWith("spec.podFailurePolicy: Invalid value: ").endsWith(": field is immutable");
    }

    @Test
    void theLastPodOfAnIndexedJobHasAHostName() {
        String name = "j".repeat(62);
        assertThat(created(yaml(name, "a: b", "restartPolicy: Never,", "completionMode: Indexed, completions: 2")))
                .containsExactly("metadata.name: Invalid value: \"" + name + "\": will not able to create pod with"
                        + " invalid DNS label: " + name + "-1");
        assertThat(created(yaml(name, "a: b", "restartPolicy: Never,", "completions: 2"))).isEmpty();
    }

    @Test
    void anIndexedJobGrowsAndShrinksWithItsPods() {
        Struct job = kit.created(yaml("completionMode: Indexed, completions: 2, parallelism: 2"));
        assertThat(problems(job, job.withAt(3L, "spec", "completions").withAt(3L, "spec", "parallelism"))).isEmpty();
        assertThat(problems(job, job.withAt(3L, "spec", "completions"))).containsExactly(
                "spec.completions: Invalid value: 3: can only be modified in tandem with spec.parallelism");
        Struct plain = kit.created(yaml("completions: 2"));
        assertThat(problems(plain, plain.withAt(3L, "spec", "completions")))
                .containsExactly("spec.completions: Invalid value: 3: field is immutable");
    }

    private List<String> warnings(String yaml) {
        Struct job = kit.created(yaml);
        return kit.hooks(job).rules().warnings(kit.write(Operation.CREATE, job, Optional.empty(), ""), job);
    }

    @Test
    void whoAsksForTooManyIndexesIsWarned() {
        assertThat(warnings(yaml("completionMode: Indexed, completions: 100001, parallelism: 10000"))).isEmpty();
        assertThat(warnings(yaml("completionMode: Indexed, completions: 100001, parallelism: 10001"))).singleElement()
                .asString().startsWith("In Indexed Jobs with a number of completions higher than 10^5");
        assertThat(warnings(yaml("a.b", "a: b", "restartPolicy: Never,", "completions: 1"))).singleElement().asString()
                .startsWith("metadata.name: this is used in Pod names and hostnames");
    }
}
