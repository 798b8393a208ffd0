package io.k3j.kuberuntime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.testkit.FakeApi;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/// However little a pod says, the kubelet makes no more of it than Linux would pass to a program.
class ExecLimitsTest {
    private static final int KIB = 1024;
    private static final String LONG = "takes more than 131072 bytes, which is more than Linux passes to a program";
    private static final String MUCH = "command, args and environment variables take more than 2097152 bytes together,"
            + " from ";
    private static final Obj POD = Obj.of(Struct.of("metadata", Struct.of("name", "p", "namespace", "ns")));
    private final FakeApi api = FakeApi.stepped(InstantSource.system());
    private final Environment environment = new Environment(new ReferencedObjects(api),
            new Environment.Node("n", List.of(), 1_500, 4_096, () -> 950));
    private final List<String> read = new ArrayList<>();
    private String text = "";

    @Test
    void aFileIsReadOnceHoweverManyVariablesNameIt() {
        text = "A='1'\nB='2'\n";
        assertThat(of(files(100, "A", "B", "C"))).hasSize(67).containsEntry("V0", "1").containsEntry("V97", "2");
        assertThat(read).containsExactly("v/a.env");
    }

    @Test
    void manyVariablesOfOneLongValueOfAFileAreRefused() {
        text = "A='" + "x\n".repeat(500 * KIB) + "'";
        refused(() -> of(files(100, "A")), "environment variable key \"A\" of file \"a.env\" " + LONG);
        assertThat(read).hasSize(1);
    }

    @Test
    void theKeysOfManyFilesAreNotKeptBeyondIt() {
        text = "A='" + "x".repeat(60 * KIB) + "\n" + "x".repeat(60 * KIB) + "'";
        Seq all = Seq.copyOf(IntStream.range(0, 100).mapToObj(i -> file("V", "f" + i, "A")).toList());
        refused(() -> of(all), MUCH + "environment variable key \"A\" of file \"f17\" on");
        assertThat(read).hasSize(18);
    }

    @Test
    void variablesMadeOfOthersAreRefused() {
        List<Struct> all = new ArrayList<>(List.of(variable("A", "a".repeat(100 * KIB))));
        IntStream.range(0, 1000).forEach(i -> all.add(variable("B" + i, "$(A)")));
        refused(() -> of(Seq.copyOf(all)), MUCH + "environment variable \"B19\" on");
        refused(() -> of(Seq.of(all.getFirst(), variable("B", "$(A)".repeat(1000)))),
                "environment variable \"B\" " + LONG);
    }

    @Test
    void variablesOfObjectsAreRefused() {
        String some = "a".repeat(100 * KIB);
        String more = "b".repeat(200 * KIB);
        object(ReferencedObjects.CONFIG_MAPS, Struct.of("A", some, "B", more));
        object(ReferencedObjects.SECRETS, Struct.of("A", base64(some), "B", base64(more)));
        for (String kind : List.of("secretKeyRef", "configMapKeyRef")) {
            Struct from = Struct.of(kind, Struct.of("name", "o", "key", "A"));
            refused(() -> of(Seq.copyOf(IntStream.range(0, 100)
                    .mapToObj(i -> Struct.of("name", "V" + i, "valueFrom", from)).toList())),
                    MUCH + "environment variable \"V20\" on");
            Struct other = Struct.of(kind, Struct.of("name", "o", "key", "B"));
            refused(() -> of(Seq.of(Struct.of("name", "V", "valueFrom", other))),
                    "environment variable \"V\" " + LONG);
        }
        for (String kind : List.of("secretRef", "configMapRef")) {
            Seq sources = Seq.of(Struct.of("prefix", "P0", kind, Struct.of("name", "o")));
            refused(() -> of(Struct.of("envFrom", sources)), "environment variable \"P0B\" " + LONG);
        }
    }

    @Test
    void wordsMadeOfVariablesAreRefused() {
        for (String field : List.of("command", "args")) {
            refused(() -> words(field, Seq.of("sh", "$(A)".repeat(1000))), field + "[1] " + LONG);
            refused(() -> words(field, Seq.copyOf(IntStream.range(0, 1000).mapToObj(i -> "$(A)").toList())),
                    MUCH + field + "[19] on");
        }
    }

    @Test
    void whatLinuxPassesOnIsPassedOn() {
        String longest = "a".repeat(128 * KIB - "A=".length() - 1);
        text = "K='" + "x".repeat(60 * KIB) + "\n" + "x".repeat(60 * KIB) + "'";
        assertThat(of(Seq.of(variable("A", longest), variable("B", "$(A)"), file("C", "a.env", "K"))))
                .containsEntry("A", longest).containsEntry("B", longest)
                .hasEntrySatisfying("C", v -> assertThat(v).hasSize(120 * KIB + 1));
        refused(() -> of(Seq.of(variable("A", longest + "a"))), "environment variable \"A\" " + LONG);
        refused(() -> of(Seq.of(variable("Ä", longest))), "environment variable \"Ä\" " + LONG);
        Struct config = ContainerSpec.of(POD, Struct.of("name", "c", "args", Seq.of("$(A)a=")),
                parts(Map.of("A", longest)));
        assertThat(config.seq("args").texts()).containsExactly(longest + "a=");
        refused(() -> ContainerSpec.of(POD, Struct.of("name", "c", "args", Seq.of("$(A)a=a")),
                parts(Map.of("A", longest))), "args[0] " + LONG);
    }

    @Test
    void copiesOfAnObjectUnderManyPrefixesAreRefused() {
        object(ReferencedObjects.CONFIG_MAPS, Struct.of("A", "a".repeat(100 * KIB)));
        Seq sources = Seq.copyOf(IntStream.range(0, 100)
                .mapToObj(i -> Struct.of("prefix", "P" + i, "configMapRef", Struct.of("name", "o"))).toList());
        refused(() -> of(Struct.of("envFrom", sources)), MUCH + "environment variable \"P20A\" on");
    }

    /// The same variables again and again, as a ConfigMap that others override.
    @Test
    void aVariableThatIsReplacedDoesNotCount() {
        object(ReferencedObjects.CONFIG_MAPS, Struct.of("A", "a".repeat(100 * KIB)));
        Seq sources = Seq.copyOf(IntStream.range(0, 100)
                .mapToObj(i -> Struct.of("configMapRef", Struct.of("name", "o"))).toList());
        assertThat(of(Struct.of("envFrom", sources))).containsOnlyKeys("A");
    }

    private void refused(ThrowingCallable start, String why) {
        assertThatThrownBy(start).isInstanceOf(ConfigError.class).hasMessageStartingWith(why);
    }

    private static Struct words(String field, Seq words) {
        return ContainerSpec.of(POD, Struct.of("name", "c", field, words), parts(Map.of("A", "a".repeat(100 * KIB))));
    }

    private static ContainerSpec.Parts parts(Map<String, String> variables) {
        return new ContainerSpec.Parts(0, "i", variables, List.of(), List.of(), Struct.EMPTY);
    }

    private static Struct variable(String name, String value) {
        return Struct.of("name", name, "value", value);
    }

    private static Seq files(int count, String... keys) {
        return Seq.copyOf(IntStream.range(0, count).mapToObj(i -> file("V" + i, "a.env", keys[i % keys.length]))
                .toList());
    }

    private static Struct file(String name, String path, String key) {
        return Struct.of("name", name, "valueFrom", Struct.of("fileKeyRef",
                Struct.of("volumeName", "v", "path", path, "key", key, "optional", true)));
    }

    private void object(Gvr resource, Struct data) {
        api.seed(resource, Obj.of(Struct.of("metadata", Struct.of("name", "o", "namespace", "ns"), "data", data)));
    }

    private static String base64(String value) {
        return Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8));
    }

    private Map<String, String> of(Seq variables) {
        return of(Struct.of("env", variables));
    }

    private Map<String, String> of(Struct container) {
        return environment.of(POD, container, new Environment.Place(List.of(), List.of(), (volume, path) -> {
            read.add(volume + "/" + path);
            return text;
        }));
    }
}
