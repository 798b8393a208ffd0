package io.k3j.addondeployer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.model.Obj;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestParserTest {
    private static final String MAP = "{apiVersion: v1, kind: ConfigMap, metadata: {name: %s}}";

    private static List<Obj> parse(String text) throws ManifestProblem {
        return ManifestParser.parse(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void takesDocumentsAndListsApart() throws ManifestProblem {
        List<Obj> objects = parse("# first\n---\n" + MAP.formatted("a") + "\n---\n---\napiVersion: v1\nkind: List\n"
                + "items:\n- " + MAP.formatted("b") + "\n- " + MAP.formatted("c") + "\n");
        assertThat(objects).extracting(Obj::name).containsExactly("a", "b", "c");
    }

    @Test
    void takesJson() throws ManifestProblem {
        assertThat(parse("{\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\", \"metadata\": {\"name\": \"a\"}}"))
                .hasSize(1);
    }

    @Test
    void hasNoObjectsWhereThereAreCommentsOnly() throws ManifestProblem {
        assertThat(parse("# " + MAP.formatted("a") + "\n---\n")).isEmpty();
    }

    @Test
    void leavesOutWhatIsTheServersOwn() throws ManifestProblem {
        Obj object = parse("{apiVersion: v1, kind: Pod, metadata: {name: a, uid: u, resourceVersion: '7',"
                + " creationTimestamp: null, managedFields: []}, status: {phase: Running}}").getFirst();
        assertThat(object.metadata().names()).containsExactly("name");
        assertThat(object.revision()).isZero();
        assertThat(object.tree().has("status")).isFalse();
    }

    @Test
    void takesTheLaterOfTwoOfOneName() throws ManifestProblem {
        List<Obj> objects = parse(MAP.formatted("a") + "\n---\n" + MAP.formatted("a, labels: {x: z}"));
        assertThat(objects).singleElement().matches(object -> object.labels().containsKey("x"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " \n\n", "just text", "- a\n- b", "a: [", "kind: ConfigMap\nmetadata: {name: a}",
            "apiVersion: v1\nkind: ConfigMap", "apiVersion: v1\nkind: List\nitems: [a]", "\u0000\u0001",
            "a: b\n---\n\tc"})
    void refusesWhatIsNoManifest(String text) {
        assertThatThrownBy(() -> parse(text)).isInstanceOf(ManifestProblem.class)
                .satisfies(e -> assertThat(((ManifestProblem) e).reason()).isEqualTo("ParseManifestFailed"));
    }

    @Test
    void refusesAliasesThatStandForTooMuch() {
        String bomb = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nx: &x '" + "x".repeat(100_000)
                + "'\ny: [" + "*x,".repeat(100) + "*x]\n";
        assertThatThrownBy(() -> parse(bomb)).hasMessageContaining("larger than");
    }

    @Test
    void refusesMoreObjectsThanItHolds() {
        String all = IntStream.rangeClosed(0, ManifestParser.MAX_OBJECTS).mapToObj(i -> MAP.formatted("a" + i))
                .collect(Collectors.joining("\n---\n"));
        assertThatThrownBy(() -> parse(all)).hasMessageContaining("more than 5000 objects");
    }
}
