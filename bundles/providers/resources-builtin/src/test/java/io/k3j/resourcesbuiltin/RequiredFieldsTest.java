package io.k3j.resourcesbuiltin;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Compares with the recorded responses of a kube-apiserver (see [RequiredFieldsPeer]).
class RequiredFieldsTest {
    private static final int MANY = 200_000;
    private final Kit kit = Kit.withCel();

    private static Map<String, String> answers() throws IOException {
        Map<String, String> answers = new HashMap<>();
        try (InputStream in = RequiredFieldsTest.class.getResourceAsStream("required-answers.txt")) {
            new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().filter(l -> !l.startsWith("#")).forEach(
                    l -> answers.put(l.substring(0, l.indexOf(": ")), l.substring(l.indexOf(": ") + 2)));
        }
        return answers;
    }

    @Test
    void requiresTheSameFieldsAsUpstream() throws IOException {
        Map<String, String> answers = answers();
        List<String> differences = new ArrayList<>();
        for (Removals.Removal r : Removals.all(kit)) {
            List<String> problems = kit.createProblems(r.object());
            String answer = answers.getOrDefault(r.name(), "not asked");
            String missing = r.path() + ": " + answer;
            boolean same = switch (answer) {
                case "accepted" -> problems.isEmpty();
                // checked by the kind's own rules, or not supported yet
                case "refused in other words" -> true;
                default -> problems.contains(missing);
            };
            if (!same) {
                differences.add(r.name() + ": " + answer + " / " + problems);
            }
        }
        assertThat(differences).isEmpty();
    }

    @Test
    void completeObjectsHaveNoMissingFields() throws IOException {
        for (Struct object : Removals.objects()) {
            // refused for what is not there yet, not for what is missing
            assertThat(kit.createProblems(object).stream().filter(p -> !p.contains("this version of K3j has no CEL")))
                    .as("%s", object.text("kind")).isEmpty();
        }
    }

    /// What is required of a kind is found out with its first write, which may be several at once.
    @Test
    void firstWritesAtOnceFindTheSame() throws Exception {
        List<Removals.Removal> all = Removals.all(kit);
        List<List<String>> expected = all.stream().map(r -> kit.createProblems(r.object())).toList();
        Kit fresh = Kit.withCel();
        List<Callable<List<List<String>>>> writers = Collections.nCopies(8,
                () -> all.stream().map(r -> fresh.createProblems(r.object())).toList());
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<List<List<String>>> found : threads.invokeAll(writers)) {
                assertThat(found.get()).isEqualTo(expected);
            }
        }
    }

    /// Duplicate detection must be a lookup, not a comparison with all other problems.
    @Test
    @Timeout(120)
    void ofManyMissingFieldsTheFirstAreReportedInLinearTime() {
        Struct pod = Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                Struct.of("name", "p", "namespace", "default"), "spec",
                Struct.of("containers", Seq.copyOf(Collections.nCopies(MANY, Struct.EMPTY))));
        assertThat(kit.createProblems(pod)).hasSize(Problems.MOST + 1);
    }

    private static String volume(String more) {
        return "{apiVersion: v1, kind: PersistentVolume, metadata: {name: v}, spec: {capacity: {storage: 1Gi},"
                + " accessModes: [ReadWriteOnce], glusterfs: {path: p" + more + "}}}";
    }

    @Test
    void fieldsMissingBeforeAnUpdateMayStayMissing() {
        assertThat(kit.updateProblems(volume(""), volume("").replace("1Gi", "2Gi"))).isEmpty();
        assertThat(kit.updateProblems(volume(", endpoints: d"), volume("")))
                .contains("spec.glusterfs.endpoints: Required value");
    }
}
