package io.k3j.serviceaddresses;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.WriteOptions;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.testkit.FakeApi;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DefaultServiceCidrTest {
    private static final Key KEY = Key.of("kubernetes");
    private final FakeApi api = FakeApi.stepped(InstantSource.system());

    @AfterEach
    void close() {
        api.close();
    }

    private DefaultServiceCidr of(String... cidrs) {
        return new DefaultServiceCidr(api, List.of(cidrs), InstantSource.system());
    }

    private List<String> cidrs() {
        return api.get(ServiceRanges.RESOURCE, KEY).spec().seq("cidrs").texts();
    }

    private Struct ready() {
        return api.get(ServiceRanges.RESOURCE, KEY).status().seq("conditions").find("type", "Ready");
    }

    @Test
    void itIsMadeReadyOnceAndAgainWhenItIsDeleted() {
        DefaultServiceCidr one = of("10.43.0.0/16");
        one.sync();
        assertThat(cidrs()).containsExactly("10.43.0.0/16");
        assertThat(ready().text("status")).isEqualTo("True");
        assertThat(ready().text("message")).isEqualTo("Kubernetes default Service CIDR is ready");
        int calls = api.calls().size();
        one.sync();
        assertThat(api.calls()).hasSize(calls);
        api.delete(ServiceRanges.RESOURCE, KEY, DeleteOptions.PLAIN);
        one.sync();
        assertThat(cidrs()).containsExactly("10.43.0.0/16");
    }

    @Test
    void aSecondFamilyOfTheFlagIsAdded() {
        of("10.43.0.0/16").sync();
        of("10.43.0.0/16", "fd43::/112").sync();
        assertThat(cidrs()).containsExactly("10.43.0.0/16", "fd43::/112");
    }

    @Test
    void oneOfOtherRangesAndAConditionOfOthersStay() {
        of("10.43.0.0/16").sync();
        of("10.96.0.0/16").sync();
        assertThat(cidrs()).containsExactly("10.43.0.0/16");
        Obj there = api.get(ServiceRanges.RESOURCE, KEY);
        api.update(ServiceRanges.RESOURCE, there.with(
                there.status().seq("conditions").mapped(c -> c.with("status", "False")), "status", "conditions"),
                WriteOptions.STATUS);
        of("10.43.0.0/16").sync();
        assertThat(ready().text("status")).isEqualTo("False");
    }
}
