package io.k3j.flowcontrol;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.Caller;
import io.k3j.flowcontrol.Seats.Lane;
import io.k3j.model.Gvr;
import org.junit.jupiter.api.Test;

class FlowSchemaTest {
    private static FlowSchema of(Caller caller, String method, String path) {
        return FlowSchema.of(caller, method, new Gvr("", "", ""), path);
    }

    @Test
    void healthChecksOfAnybodyWaitForNobodyElse() {
        assertThat(of(Caller.ANONYMOUS, "get", "/livez")).isEqualTo(FlowSchema.PROBES);
        assertThat(FlowSchema.PROBES.schema()).isEqualTo("probes");
        assertThat(FlowSchema.PROBES.level()).isEqualTo("exempt");
        assertThat(FlowSchema.PROBES.lane()).isNotIn(Lane.WORKLOAD, Lane.SYSTEM, Lane.EXEMPT);
        assertThat(of(Caller.ANONYMOUS, "get", "/livez/etcd")).isEqualTo(FlowSchema.GLOBAL_DEFAULT);
        assertThat(of(Caller.ANONYMOUS, "get", "/version")).isEqualTo(FlowSchema.GLOBAL_DEFAULT);
    }
}
