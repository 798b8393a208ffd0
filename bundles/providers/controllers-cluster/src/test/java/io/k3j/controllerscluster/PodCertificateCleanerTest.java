package io.k3j.controllerscluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.ApiResource;
import io.k3j.controllerkit.Times;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.stage.Stage;
import io.k3j.testkit.FakeApi;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class PodCertificateCleanerTest {
    private static final Gvr REQUESTS = Gvr.of("certificates.k8s.io/v1beta1", "podcertificaterequests");

    private static Stage stage() {
        return new Stage(context -> {
            ((FakeApi) context.api()).serve(new ApiResource(REQUESTS, "PodCertificateRequest", true,
                    List.of("create", "delete", "get", "list", "update", "watch")), false);
            PodCertificateCleaner.add(context);
        });
    }

    private static void seed(Stage stage, String name) {
        stage.api.seed(REQUESTS, Obj.of(Struct.of("apiVersion", REQUESTS.apiVersion(), "kind", "PodCertificateRequest",
                "metadata", Struct.of("name", name, "namespace", "default", "uid", name, "creationTimestamp",
                        Times.seconds(stage.clock.instant())))));
    }

    @Test
    void requestsGoAQuarterOfAnHourAfterTheyWereMade() {
        Stage stage = stage();
        seed(stage, "first");
        stage.pass(Duration.ofMinutes(10));
        seed(stage, "second");
        stage.pass(Duration.ofMinutes(4));
        assertThat(stage.all(REQUESTS)).hasSize(2);
        stage.pass(Duration.ofMinutes(2));
        assertThat(stage.all(REQUESTS)).extracting(Obj::name).containsExactly("second");
        stage.pass(Duration.ofMinutes(10));
        assertThat(stage.all(REQUESTS)).isEmpty();
    }

    @Test
    void nothingIsDoneWhereTheApiIsNotServed() {
        assertThat(new Stage(PodCertificateCleaner::add).pass(Duration.ofHours(1)).api.calls()).isEmpty();
    }
}
