package io.k3j.kuberuntime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.clientapi.ApiFault;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.testkit.FakeApi;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReferencedObjectsTest {
    private final FakeApi api = FakeApi.stepped(InstantSource.system());
    private final ReferencedObjects references = new ReferencedObjects(api);

    @AfterEach
    void close() {
        api.close();
    }

    private void seed(String name, String value) {
        api.seed(ReferencedObjects.CONFIG_MAPS, Obj.of(Struct.of("apiVersion", "v1", "kind", "ConfigMap", "metadata",
                Struct.of("name", name, "namespace", "default"), "data", Struct.of("k", value))));
    }

    private Optional<String> read(String name) {
        return references.find(ReferencedObjects.CONFIG_MAPS, "default", name)
                .map(o -> o.tree().struct("data").text("k"));
    }

    @Test
    void whileNoServerAnswersWhatWasReadLastCounts() {
        seed("c", "1");
        assertThat(read("c")).contains("1");
        api.refuse("get", ReferencedObjects.CONFIG_MAPS, ApiFault.unavailable("no server is reachable"));
        assertThat(read("c")).contains("1");
        seed("c", "2");
        assertThat(read("c")).contains("2");
    }

    @Test
    void whatWasNeverReadOrHasGoneOrMayNotBeReadDoesNot() {
        seed("c", "1");
        api.refuse("get", ReferencedObjects.CONFIG_MAPS, ApiFault.unavailable("away"));
        assertThatThrownBy(() -> read("c")).isInstanceOf(ConfigError.class).hasMessageContaining("away");
        assertThat(read("c")).contains("1");
        api.refuse("get", ReferencedObjects.CONFIG_MAPS, ApiFault.forbidden(ReferencedObjects.CONFIG_MAPS, "c", "no"));
        assertThatThrownBy(() -> read("c")).isInstanceOf(ConfigError.class);
        api.vanish(ReferencedObjects.CONFIG_MAPS, new Key("default", "c"));
        assertThat(read("c")).isEmpty();
        api.refuse("get", ReferencedObjects.CONFIG_MAPS, ApiFault.unavailable("away"));
        assertThatThrownBy(() -> read("c")).isInstanceOf(ConfigError.class);
    }

    @Test
    void asMuchIsKeptAsThereIsRoomFor() {
        int each = 1 << 20;
        int many = (int) (LastKnown.MOST_BYTES / each) + 1;
        for (int i = 0; i < many; i++) {
            seed("c" + i, "x".repeat(each));
            read("c" + i);
        }
        api.refuse("get", ReferencedObjects.CONFIG_MAPS, ApiFault.unavailable("away"));
        assertThatThrownBy(() -> read("c0")).as("nobody has asked for it lately").isInstanceOf(ConfigError.class);
        api.refuse("get", ReferencedObjects.CONFIG_MAPS, ApiFault.unavailable("away"));
        assertThat(read("c" + (many - 1))).isPresent();
    }
}
