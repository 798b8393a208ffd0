package com.example.podimages;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.testkit.CommandsContract;
import io.k3j.testkit.FakeApi;
import io.k3j.testkit.ManualClock;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Keeps what commands have to keep, and answers from what the API has.
class PodImagesTest extends CommandsContract {
    private final FakeApi api = FakeApi.stepped(new ManualClock());
    private final PodImages commands = new PodImages(api);

    @BeforeEach
    void begin() {
        seed("shop", "web", "nginx:1.29", "fluent-bit:4");
        seed("shop", "db", "postgres:18", "fluent-bit:4");
        seed("bank", "web", "nginx:1.29");
    }

    @AfterEach
    void end() {
        api.close();
    }

    private void seed(String namespace, String name, String... images) {
        Seq containers = Seq.EMPTY;
        for (String image : images) {
            containers = containers.plus(Struct.of("name", "c" + containers.size(), "image", image));
        }
        api.seed(PodImages.PODS, Obj.of(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                Struct.of("name", name, "namespace", namespace), "spec", Struct.of("containers", containers))));
    }

    @Override
    protected Object commands() {
        return commands;
    }

    @Override
    protected Set<String> functions() {
        return Set.of("used", "pods");
    }

    @Override
    protected void type() {
        assertThat(commands.used()).contains("nginx");
    }

    @Test
    void countsTheContainersOfEachImage() {
        assertThat(commands.used()).isEqualTo("2  fluent-bit:4\n2  nginx:1.29\n1  postgres:18");
        assertThat(commands.used("bank")).isEqualTo("1  nginx:1.29");
        assertThat(commands.used("empty")).isEqualTo("no pods");
    }

    @Test
    void tellsWhichPodsHaveAnImage() {
        assertThat(commands.pods("nginx:1.29")).isEqualTo("bank/web\nshop/web");
        assertThat(commands.pods("nginx")).isEqualTo("no pod has nginx");
    }
}
