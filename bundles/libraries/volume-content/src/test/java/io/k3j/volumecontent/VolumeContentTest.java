package io.k3j.volumecontent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.kubeletvolumes.VolumeFiles.Content;
import io.k3j.kuberuntime.ConfigError;
import io.k3j.kuberuntime.Environment;
import io.k3j.kuberuntime.PodTokens;
import io.k3j.kuberuntime.ReferencedObjects;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.testkit.FakeApi;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// How much memory the files of a volume take, whatever a pod asks for, and who may read them.
class VolumeContentTest {
    private static final String LIMIT = "the content of the volume exceeds the limit of 64 MiB";
    private static final int MEGABYTE = 1 << 20;
    private final FakeApi api = FakeApi.stepped(InstantSource.system());
    private final ReferencedObjects references = new ReferencedObjects(api);
    private final VolumeContent content = new VolumeContent(references,
            new Environment(references, new Environment.Node("n", List.of(), 1, 1, () -> 1)),
            new PodTokens(api, InstantSource.system()));
    private final Obj pod = Obj.of(Struct.of("metadata", Struct.of("uid", "u1", "name", "p", "namespace", "ns",
            "annotations", Struct.of("large", "a".repeat(256 << 10))), "spec", Struct.EMPTY));

    private Map<String, Content> files(String kind, String list, int number, IntFunction<Struct> entry) {
        Seq all = Seq.copyOf(IntStream.range(0, number).mapToObj(entry).toList());
        return content.of(pod, Struct.of("name", "v", kind, Struct.of(list, all)), List.of());
    }

    private static Struct annotations(int number) {
        return Struct.of("path", "f" + number, "fieldRef", Struct.of("fieldPath", "metadata.annotations"));
    }

    private static Struct configMap(String name, String key, int number) {
        return Struct.of("configMap", Struct.of("name", name, "items",
                Seq.of(Struct.of("key", key, "path", "f" + number))));
    }

    private void seed(String name) {
        api.seed(ReferencedObjects.CONFIG_MAPS, Obj.of(Struct.of("metadata", Struct.of("namespace", "ns", "name", name),
                "data", Struct.of("small", "s"), "binaryData",
                Struct.of("large", Base64.getEncoder().encodeToString(new byte[MEGABYTE])))));
    }

    /// How many arrays there are in memory.
    private static int held(Map<String, Content> files) {
        Set<byte[]> arrays = Collections.newSetFromMap(new IdentityHashMap<>());
        files.values().forEach(file -> arrays.add(file.bytes()));
        return arrays.size();
    }

    @Test
    void aFieldThatManyFilesShowIsHeldOnce() {
        Map<String, Content> files = files("downwardAPI", "items", 200, VolumeContentTest::annotations);
        assertThat(files).hasSize(200);
        assertThat(held(files)).isEqualTo(1);
        assertThat(new String(files.get("f7").bytes(), UTF_8)).startsWith("large=\"aaa");
    }

    @Test
    void anObjectThatManySourcesNameIsHeldOnce() {
        seed("m");
        Map<String, Content> files = files("projected", "sources", 60, i -> configMap("m", "large", i));
        assertThat(files).hasSize(60);
        assertThat(held(files)).isEqualTo(1);
    }

    @Test
    void whatAllFilesShowIsLimited() {
        seed("m");
        assertThatThrownBy(() -> files("downwardAPI", "items", 5_000, VolumeContentTest::annotations))
                .isInstanceOf(ConfigError.class).hasMessage(LIMIT);
        assertThatThrownBy(() -> files("projected", "sources", 65, i -> configMap("m", "large", i)))
                .isInstanceOf(ConfigError.class).hasMessage(LIMIT);
    }

    /// Also what is read and not shown, or shown no longer as a later source takes its path.
    @Test
    void whatIsReadForAllFilesIsLimited() {
        for (int i = 0; i < 65; i++) {
            seed("m" + i);
        }
        assertThat(files("projected", "sources", 63, i -> configMap("m" + i, "small", i))).hasSize(63);
        assertThatThrownBy(() -> files("projected", "sources", 65, i -> configMap("m" + i, "small", i)))
                .isInstanceOf(ConfigError.class).hasMessage(LIMIT);
        assertThatThrownBy(() -> files("projected", "sources", 65, i -> configMap("m" + i, "large", 0)))
                .isInstanceOf(ConfigError.class).hasMessage(LIMIT);
    }

    /// A source that needs the object fails though an earlier one can do without it.
    @Test
    void aMissingObjectIsAskedForAgain() {
        Struct optional = Struct.of("configMap", Struct.of("name", "absent", "optional", true));
        assertThat(files("projected", "sources", 2, _ -> optional)).isEmpty();
        assertThatThrownBy(() -> files("projected", "sources", 2, i -> i == 0 ? optional : configMap("absent", "k", i)))
                .hasMessage("configmap \"absent\" not found");
    }

    @Test
    void aKeyThatIsNotThereIsNamed() {
        seed("m");
        assertThatThrownBy(() -> files("projected", "sources", 1, _ -> configMap("m", "absent", 0)))
                .hasMessage("configmap references non-existent config key: absent");
    }

    @Test
    void aTokenIsTheOneUsersAllContainersRunAs() {
        Obj one = running(Struct.of("runAsUser", 7));
        assertThat(VolumeContent.user(one)).hasValue(7);
        assertThat(VolumeContent.user(one.with(Seq.of(Struct.of("name", "a"), Struct.of("name", "b", "securityContext",
                Struct.of("runAsUser", 8))), "spec", "containers"))).isEmpty();
        assertThat(VolumeContent.user(running(Struct.EMPTY))).isEmpty();
    }

    private static Obj running(Struct security) {
        return Obj.of(Struct.of("metadata", Struct.of("uid", "u1", "name", "p", "namespace", "ns"), "spec",
                Struct.of("securityContext", security, "containers", Seq.of(Struct.of("name", "a")))));
    }
}
