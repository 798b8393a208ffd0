package io.k3j.workloadrules;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.FieldProblem;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PodStatusUpdateTest {
    private static final Struct POD = Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
            Struct.of("name", "p", "namespace", "d"), "spec",
            Struct.of("containers", Seq.of(Struct.of("name", "c", "image", "i"))));
    private final Kit kit = new Kit();

    private List<String> problems(Struct before, Struct after, String subresource) {
        Write write = kit.write(Operation.UPDATE, after, Optional.of(before), subresource);
        Struct prepared = kit.hooks(after).prepared(write, after);
        return kit.hooks(after).problems(write, prepared).stream().map(FieldProblem::toString).toList();
    }

    private Struct pod() {
        Struct o = kit.hooks(POD).defaulted(kit.kind(POD).gvk(), POD);
        return kit.hooks(o).prepared(kit.write(Operation.CREATE, o, Optional.empty(), ""), o);
    }

    private List<String> status(String field, Object value) {
        return problems(pod(), pod().withAt(value, "status", field), "status");
    }

    @Test
    void theClassOfAPodStays() {
        assertThat(status("qosClass", "BestEffort")).isEmpty();
        assertThat(status("qosClass", "../../../../tmp/x"))
                .containsExactly("status.qosClass: Invalid value: \"../../../../tmp/x\": field is immutable");
        assertThat(status("qosClass", "Guaranteed"))
                .containsExactly("status.qosClass: Invalid value: \"Guaranteed\": field is immutable");
    }

    @Test
    void aPhaseIsOneOfFiveWords() {
        assertThat(status("phase", "Running")).isEmpty();
        assertThat(status("phase", "Mine")).containsExactly("status.phase: Unsupported value: \"Mine\": supported"
                + " values: \"Failed\", \"Pending\", \"Running\", \"Succeeded\", \"Unknown\"");
    }

    @Test
    void addressesAreOneOfEachFamily() {
        assertThat(status("podIPs", Seq.of(Struct.of("ip", "10.42.0.7"), Struct.of("ip", "fd00::7")))).isEmpty();
        assertThat(status("podIPs", Seq.of(Struct.of("ip", "10.1")))).containsExactly("status.podIPs[0]: Invalid value:"
                + " \"10.1\": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)");
        assertThat(status("podIP", "x")).singleElement().asString().startsWith("status.podIP: Invalid value: ");
        assertThat(status("podIPs", Seq.of(Struct.of("ip", "10.42.0.7"), Struct.of("ip", "10.42.0.8"))))
                .singleElement().asString().endsWith("may specify no more than one IP for each IP family");
        assertThat(status("nominatedNodeName", "A/b")).singleElement().asString()
                .startsWith("status.nominatedNodeName: Invalid value: ");
    }

    @Test
    void aPodThatIsThereBecomesNoMirrorPod() {
        Struct mirror = pod().withAt("x", "metadata", "annotations", "kubernetes.io/config.mirror");
        String at = "metadata.annotations[kubernetes.io/config.mirror]: Forbidden: may not ";
        for (String subresource : List.of("", "status")) {
            assertThat(problems(pod(), mirror, subresource)).containsExactly(at + "add mirror pod annotation");
            assertThat(problems(mirror, pod(), subresource))
                    .containsExactly(at + "remove or update mirror pod annotation");
            assertThat(problems(mirror, mirror, subresource)).isEmpty();
        }
    }
}
