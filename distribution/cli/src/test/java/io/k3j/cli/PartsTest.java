package io.k3j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PartsTest {
    private static List<String> warnings(Map<String, Object> settings) {
        List<String> warnings = new ArrayList<>();
        Parts.warn(settings, warnings);
        return warnings;
    }

    @Test
    void oneOfSeveralServersIsToldWhatIsMissingWhileItLeads() {
        assertThat(warnings(Map.of("etcd", true, "disableScheduler", true))).singleElement().asString()
                .startsWith("--disable-scheduler: ").contains("nothing is scheduled while this one leads");
        assertThat(warnings(Map.of("datastoreEndpoint", "postgres://one", "disableControllerManager", true)))
                .singleElement().asString().startsWith("--disable-controller-manager: ")
                .contains("no controller runs while this one leads");
    }

    @Test
    void aLoneServerAndOneWithEtcdAloneAreToldNothing() {
        assertThat(warnings(Map.of("disableScheduler", true, "disableControllerManager", true))).isEmpty();
        assertThat(warnings(Map.of("datastoreEndpoint", "sqlite:///a.db", "disableScheduler", true))).isEmpty();
        assertThat(warnings(Map.of("etcd", true, "disableApiserver", true, "disableScheduler", true))).isEmpty();
        assertThat(warnings(Map.of("etcd", true))).isEmpty();
    }
}
