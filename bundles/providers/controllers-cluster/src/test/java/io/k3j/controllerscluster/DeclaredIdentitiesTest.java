package io.k3j.controllerscluster;

import static org.assertj.core.api.Assertions.assertThatNoException;

import io.k3j.controllerkit.ControllerContext;
import io.k3j.testkit.FakeApi;
import io.k3j.testkit.ManualClock;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class DeclaredIdentitiesTest {
    private static final Path FEATURE = Path.of("../../../features/controllers-cluster/feature.json");
    private static final String[] ALL_GATES = {"feature-gates=ClusterTrustBundle=true,PodCertificateRequest=true"};

    /// The defaults, with every controller that a gate holds back.
    private static ClusterControllersSettings settings() {
        return (ClusterControllersSettings) Proxy.newProxyInstance(DeclaredIdentitiesTest.class.getClassLoader(),
                new Class<?>[] {ClusterControllersSettings.class},
                (_, setting, _) -> setting.getName().equals("kubeControllerManagerArg") ? ALL_GATES
                        : setting.getDefaultValue());
    }

    @Test
    void everyControllerActsInANameThatItsFeatureDeclares() throws IOException {
        ManualClock clock = new ManualClock();
        try (FakeApi api = FakeApi.stepped(clock)) {
            api.declare(Files.readAllLines(FEATURE).stream().filter(line -> line.contains("\"user\": \""))
                    .map(line -> line.split("\"", -1)[3]).toArray(String[]::new));
            ControllerContext context = new ControllerContext(api, clock);
            assertThatNoException().isThrownBy(() -> ControllersCluster.add(context, settings()));
        }
    }
}
