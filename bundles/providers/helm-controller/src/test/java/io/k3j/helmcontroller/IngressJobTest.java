package io.k3j.helmcontroller;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.ApiResource;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.stage.Stage;
import io.k3j.testkit.FakeApi;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class IngressJobTest {
    private static final Key JOB = new Key("kube-system", "helm-install-traefik");
    private final Stage stage = new Stage(IngressJobTest::set);

    private static void set(ControllerContext desk) {
        ((FakeApi) desk.api()).serve(new ApiResource(HelmKinds.CHARTS, "HelmChart", true,
                List.of("create", "delete", "get", "list", "patch", "update", "watch")), true);
        IngressJob.add(desk);
    }

    private void service(Struct spec) {
        stage.api.seed(BuiltinResources.SERVICES, Obj.of(Struct.of("apiVersion", "v1", "kind", "Service", "metadata",
                Struct.of("name", "traefik", "namespace", "kube-system", "annotations",
                        Struct.of("meta.helm.sh/release-name", "traefik")),
                "spec", spec)));
        stage.pass(Duration.ofSeconds(1));
    }

    private Optional<Obj> job() {
        return stage.api.find(BuiltinResources.JOBS, JOB);
    }

    @Test
    void isCompleteWhereTheServersServeIngresses() {
        service(Struct.of("type", "LoadBalancer"));
        Obj job = job().orElseThrow();
        Struct complete = job.status().seq("conditions").find("type", "Complete");
        assertThat(complete.text("status")).isEqualTo("True");
        assertThat(complete.text("message")).contains("no chart");
        assertThat(job.spec().text("managedBy")).isEqualTo(ChartJob.MANAGER);
        assertThat(job.owners()).singleElement().satisfies(o -> assertThat(o.text("kind")).isEqualTo("Service"));
        long writes = stage.api.calls().size();
        stage.pass(Duration.ofHours(1));
        assertThat(stage.api.calls()).hasSize((int) writes);
    }

    @Test
    void isNotThereForAServiceOfOthers() {
        service(Struct.of("selector", Struct.of("app", "traefik")));
        assertThat(job()).isEmpty();
    }

    @Test
    void isLeftToTheHelmChartOfThatName() {
        stage.api.seed(HelmKinds.CHARTS, Charts.chart("chart", "traefik").with("traefik", "metadata", "name")
                .with("kube-system", "metadata", "namespace"));
        service(Struct.of("type", "LoadBalancer"));
        assertThat(job()).isEmpty();
    }
}
