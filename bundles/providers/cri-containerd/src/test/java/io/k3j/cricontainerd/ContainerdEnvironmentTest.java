package io.k3j.cricontainerd;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The variables by which containerd finds its way out.
class ContainerdEnvironmentTest {
    private static List<String> spared(Map<String, Object> given) {
        return Containerd.spared((ContainerdSettings) Proxy.newProxyInstance(
                ContainerdSettings.class.getClassLoader(), new Class<?>[] {ContainerdSettings.class},
                (p, m, a) -> given.getOrDefault(m.getName(), m.getDefaultValue())));
    }

    @Test
    void noProxyIsAskedForWhatIsInTheCluster() {
        List<String> cluster = spared(Map.of("clusterDomain", "example.org", "clusterCidr",
                new String[] {"10.42.0.0/16", "fd00:42::/56"}, "serviceCidr", new String[] {"10.43.0.0/16"}));
        Map<String, String> variables = Containerd.environment(Map.of("HTTPS_PROXY", "http://proxy:3128", "NO_PROXY",
                "a.example,,10.0.0.0/8", "no_proxy", "b.example,a.example"), cluster);
        assertThat(variables).containsEntry("HTTPS_PROXY", "http://proxy:3128").doesNotContainKey("no_proxy")
                .containsEntry("NO_PROXY", "a.example,10.0.0.0/8,b.example,.svc,.example.org,10.42.0.0/16,"
                        + "fd00:42::/56,10.43.0.0/16");
    }

    @Test
    void whatIsContainerdsAlonePrevails() {
        Map<String, String> variables = Containerd.environment(Map.of("HTTP_PROXY", "http://all",
                "CONTAINERD_HTTP_PROXY", "http://containerd", "CONTAINERD_NO_PROXY", "c.example"), spared(Map.of()));
        assertThat(variables).containsEntry("HTTP_PROXY", "http://containerd").containsEntry("NO_PROXY", "c.example");
        assertThat(Containerd.environment(Map.of(), spared(Map.of()))).containsEntry("NO_PROXY", ".svc,.cluster.local");
    }
}
