package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserver.Seats.Lane;
import io.k3j.apiserverapi.Caller;
import org.junit.jupiter.api.Test;

class FlowSchemaTest {
    private static FlowSchema of(Caller caller, String method, String path) {
        return FlowSchema.of(caller, RequestInfo.of(method, RequestPath.of(path), Params.parse("")), path);
    }

    @Test
    void healthChecksOfAnybodyWaitForNobodyElse() {
        assertThat(of(Caller.ANONYMOUS, "GET", "/livez")).isEqualTo(FlowSchema.PROBES);
        assertThat(FlowSchema.PROBES.schema()).isEqualTo("probes");
        assertThat(FlowSchema.PROBES.level()).isEqualTo("exempt");
        assertThat(FlowSchema.PROBES.lane()).isNotIn(Lane.WORKLOAD, Lane.SYSTEM, Lane.EXEMPT);
        assertThat(of(Caller.ANONYMOUS, "GET", "/livez/etcd")).isEqualTo(FlowSchema.GLOBAL_DEFAULT);
        assertThat(of(Caller.ANONYMOUS, "GET", "/version")).isEqualTo(FlowSchema.GLOBAL_DEFAULT);
    }
}
