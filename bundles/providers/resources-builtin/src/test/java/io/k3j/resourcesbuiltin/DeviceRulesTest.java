package io.k3j.resourcesbuiltin;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.FieldProblem;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeviceRulesTest {
    private final Kit kit = Kit.withCel();

    private static String claim(String devices) {
        return "{apiVersion: resource.k8s.io/v1, kind: ResourceClaim, metadata: {name: c, namespace: default}, spec:"
                + " {devices: " + devices + "}}";
    }

    private static String slice(String spec) {
        return "{apiVersion: resource.k8s.io/v1, kind: ResourceSlice, metadata: {name: s}, spec: {driver: a.b, pool:"
                + " {name: p, generation: 1, resourceSliceCount: 1}, " + spec + "}}";
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
            "{requests: [{name: a}]} | spec.devices.requests[0]: Required value: exactly one of `exactly` or"
                    + " `firstAvailable` is required",
            "{requests: [{name: a, exactly: {deviceClassName: b, allocationMode: All, count: 2}}]} |"
                    + " spec.devices.requests[0].exactly.count: Invalid value: 2: must not be specified when"
                    + " allocationMode is 'All'",
            "{requests: [{name: a, exactly: {deviceClassName: b}}, {name: a, exactly: {deviceClassName: b}}]} |"
                    + " spec.devices.requests[1]: Duplicate value: \"a\"",
            "{requests: [{name: a, exactly: {deviceClassName: b}}], constraints: [{requests: [c], matchAttribute:"
                    + " x.y/z}]} | spec.devices.constraints[0].requests[0]: Invalid value: \"c\": must be the name of a"
                    + " request in the claim or the name of a request and a subrequest separated by '/'",
            "{requests: [{name: a, exactly: {deviceClassName: b}}], constraints: [{matchAttribute: z}]} |"
                    + " spec.devices.constraints[0].matchAttribute: Invalid value: \"z\": a fully qualified name must"
                    + " be a domain and a name separated by a slash",
            "{requests: [{name: a, exactly: {deviceClassName: b, selectors: [{cel: {expression: device.driver}}]}}]} |"
                    + " spec.devices.requests[0].exactly.selectors[0].cel.expression: Invalid value: \"device.driver\":"
                    + " must evaluate to bool"})
    void aClaimIsRefusedInUpstreamsWords(String devices, String problem) {
        assertThat(kit.createProblems(claim(devices))).containsExactly(problem);
    }

    @Test
    void whatIsAskedForStays() {
        String before = claim("{requests: [{name: a, exactly: {deviceClassName: b}}]}");
        assertThat(kit.updateProblems(before, before)).isEmpty();
        assertThat(kit.updateProblems(before, claim("{requests: [{name: a, exactly: {deviceClassName: c}}]}")))
                .singleElement().asString().startsWith("spec: Invalid value: ").endsWith("field is immutable");
    }

    private List<String> status(String before, String after) {
        String claim = claim("{requests: [{name: a, exactly: {deviceClassName: b}}]}");
        Struct old = kit.defaulted(claim).with("status", Kit.yaml(before));
        Struct now = old.with("status", Kit.yaml(after));
        Write write = kit.write(Operation.UPDATE, now, Optional.of(old), "status");
        return kit.hooks(now).problems(write, kit.hooks(now).prepared(write, now)).stream()
                .map(FieldProblem::toString).toList();
    }

    @Test
    void anAllocationIsMadeOnceAndNobodyHasADeviceWithoutOne() {
        String allocation = "allocation: {devices: {results: [{request: a, driver: a.b, pool: p, device: d}]}}";
        String reserved = "reservedFor: [{resource: pods, name: p, uid: u}]";
        assertThat(status("{}", "{" + allocation + ", " + reserved + "}")).isEmpty();
        assertThat(status("{}", "{" + reserved + "}")).containsExactly("status.reservedFor: Forbidden: may not be"
                + " specified when `allocated` is not set");
        assertThat(status("{" + allocation + "}", "{" + allocation.replace("device: d", "device: e") + "}"))
                .singleElement().asString().endsWith("field is immutable");
        assertThat(status("{}", "{" + allocation.replace("request: a", "request: z") + "}")).singleElement().asString()
                .startsWith("status.allocation.devices.results[0].request: Invalid value: \"z\"");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
            "nodeName: n1, allNodes: true | spec: Invalid value: \"{`nodeName`, `allNodes`}\": exactly one of"
                    + " `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required, but multiple"
                    + " fields are set",
            "nodeName: n1, devices: [{name: a}, {name: a}] | spec.devices[1]: Duplicate value: \"a\"",
            "nodeName: n1, devices: [{name: a, attributes: {x: {}}}] | spec.devices[0].attributes[x]: Invalid value:"
                    + " \"\": exactly one value must be specified",
            "nodeName: n1, devices: [{name: a, attributes: {x: {version: 1.2}}}] |"
                    + " spec.devices[0].attributes[x].version: Invalid value: \"1.2\": must be a string compatible with"
                    + " semver.org spec 2.0.0",
            "nodeName: n1, devices: [{name: a, capacity: {m: {value: 4, requestPolicy: {default: 1}}}}] |"
                    + " spec.devices[0].capacity[m].requestPolicy: Forbidden: allowMultipleAllocations must be true",
            "nodeName: n1, devices: [{name: a, allNodes: true}] | spec.devices[0]: Invalid value: null: `nodeName`,"
                    + " `nodeSelector` and `allNodes` can only be set if `perDeviceNodeSelection` is set to true in the"
                    + " ResourceSlice spec"})
    void aSliceIsRefusedInUpstreamsWords(String spec, String problem) {
        assertThat(kit.createProblems(slice(spec.replace("version: 1.2}", "version: '1.2'}"))))
                .containsExactly(problem);
    }

    @Test
    void aTaintHasTheTimeItWasAdded() {
        Struct taint = kit
                .defaulted(slice("nodeName: n1, devices: [{name: a, taints: [{key: k, effect: NoSchedule}]}]"))
                .struct("spec").seq("devices").struct(0).seq("taints").struct(0);
        assertThat(taint.text("timeAdded")).endsWith("Z");
    }
}
