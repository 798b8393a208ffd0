package io.k3j.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The API in memory keeps the promises of the real ones.
class FakeApiTest extends ApiClientContract {
    private FakeApi api;

    @BeforeEach
    @Override
    protected void makeNamespace() {
        api = FakeApi.live();
        api.declare("system:test");
        super.makeNamespace();
    }

    @AfterEach
    void stop() {
        api.close();
    }

    @Override
    protected ApiClient client() {
        return api;
    }

    /// As `ObjectDeletes` of the API server has it.
    @Test
    void aSecondDeletionOfAPodMayOnlyShortenItsTime() {
        ManualClock clock = new ManualClock();
        try (FakeApi stepped = FakeApi.stepped(clock)) {
            Gvr pods = Gvr.of("v1", "pods");
            Key key = new Key("default", "p");
            Obj seeded = stepped.seed(pods, Obj.of(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                    Struct.of("name", "p", "namespace", "default"), "spec", Struct.of("nodeName", "n"))));
            stepped.delete(pods, key, new DeleteOptions(600, "", "", 0));
            Obj marked = stepped.get(pods, key);
            assertThat(marked.metadata().text("deletionTimestamp")).isEqualTo("2026-01-01T12:10:00Z");
            assertThat(marked.generation()).isEqualTo(seeded.generation() + 1);
            stepped.delete(pods, key, DeleteOptions.PLAIN);
            stepped.delete(pods, key, new DeleteOptions(600, "Orphan", "", 0));
            assertThat(stepped.get(pods, key)).isEqualTo(marked);

            clock.advance(Duration.ofMinutes(5));
            stepped.delete(pods, key, new DeleteOptions(400, "", "", 0));
            assertThat(stepped.get(pods, key).metadata().text("deletionTimestamp")).isEqualTo("2026-01-01T12:06:40Z");
            assertThat(stepped.get(pods, key).generation()).isEqualTo(marked.generation());
            stepped.delete(pods, key, new DeleteOptions(60, "", "", 0));
            assertThat(stepped.get(pods, key).metadata().text("deletionTimestamp")).isEqualTo("2026-01-01T12:05:00Z");
            assertThat(stepped.get(pods, key).metadata().whole("deletionGracePeriodSeconds", 0)).isOne();
            stepped.delete(pods, key, DeleteOptions.NOW);
            assertThat(stepped.find(pods, key)).isEmpty();
        }
    }
}
