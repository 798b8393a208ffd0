package io.k3j.networkpolicy;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Key;
import io.k3j.netfilter.TableWriter;
import io.k3j.netpolicy.PodPolicy;
import io.k3j.netpolicy.PolicyCheck;
import io.k3j.netpolicy.PolicyFlow;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIf;

/// The table of cases, asked of the evaluation and tried in the kernel, over both families.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PolicyCasesTest {
    private Namespaces kernel;

    @TestFactory
    Stream<DynamicTest> theEvaluationSaysSo() throws IOException {
        return World.cases().stream().map(c -> DynamicTest.dynamicTest(c.name(), () -> {
            List<PodPolicy> policies = c.policies().values().stream().map(PodPolicy::of).toList();
            List<String> wrong = new ArrayList<>();
            for (int family = 0; family < 2; family++) {
                for (String flow : c.pass()) {
                    check(flow, family, policies, true, wrong);
                }
                for (String flow : c.deny()) {
                    check(flow, family, policies, false, wrong);
                }
            }
            assertThat(wrong).isEmpty();
        }));
    }

    private static void check(String text, int family, List<PodPolicy> policies, boolean expected, List<String> wrong) {
        World.Flow flow = World.Flow.of(text);
        PolicyCheck said = PolicyCheck.of(new PolicyFlow(World.end(flow.from(), family),
                World.end(flow.to(), family), flow.protocol(), flow.port()), policies);
        if (said.allowed() != expected) {
            wrong.add(text + " family " + family + ": " + said);
        }
    }

    static boolean possible() {
        return Namespaces.possible();
    }

    @TestFactory
    @EnabledIf(value = "possible", disabledReason = "needs root, nftables, IPv6 and br_netfilter")
    Stream<DynamicTest> theKernelDoesSo() throws IOException {
        return tried(World.RANGES);
    }

    /// Rules for one family are not those for two without a part.
    @TestFactory
    @EnabledIf(value = "possible", disabledReason = "needs root, nftables, IPv6 and br_netfilter")
    Stream<DynamicTest> theKernelDoesSoWithIpv4Alone() throws IOException {
        return tried(World.RANGES.subList(0, 1));
    }

    private Stream<DynamicTest> tried(List<String> ranges) throws IOException {
        close();
        kernel = new Namespaces();
        Picture picture = World.picture();
        picture.ranges(ranges);
        PolicyTable table = new PolicyTable();
        TableWriter writer = new TableWriter(kernel, PolicyTable.FAMILY, PolicyTable.NAME);
        Set<Key> before = new HashSet<>();
        return World.cases().stream().map(c -> DynamicTest.dynamicTest(c.name(), () -> {
            before.forEach(k -> picture.policy(k, null));
            c.policies().forEach(picture::policy);
            before.clear();
            before.addAll(c.policies().keySet());
            writer.write(table.of(picture).table());
            List<String> wrong = new ArrayList<>();
            for (int family = 0; family < ranges.size(); family++) {
                for (String flow : c.pass()) {
                    tryOut(flow, family, "passed", wrong);
                }
                for (String flow : c.deny()) {
                    tryOut(flow, family, "refused", wrong);
                }
            }
            assertThat(wrong).isEmpty();
        }));
    }

    private void tryOut(String text, int family, String expected, List<String> wrong) throws IOException {
        String came = kernel.tried(World.Flow.of(text), family);
        if (!came.equals(expected)) {
            wrong.add(text + " family " + family + ": " + came);
        }
    }

    @AfterAll
    void close() throws IOException {
        if (kernel != null) {
            kernel.close();
            kernel = null;
        }
    }
}
