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

    private List<String> capacity(String policy) {
        return kit.createProblems(slice("nodeName: n1, devices: [{name: a, allowMultipleAllocations: true, capacity:"
                + " {m: {value: 10, requestPolicy: " + policy + "}}}]"));
    }

    @Test
    void whatIsGivenWhereNobodyAsksIsAmongWhatMayBeAskedFor() {
        String at = "spec.devices[0].capacity[m].requestPolicy.";
        assertThat(capacity("{default: 1, validRange: {min: 2, max: 4}}")).containsExactly(
                at + "validRange.min: Invalid value: \"1\": default is less than min: 2");
        assertThat(capacity("{default: 5, validRange: {min: 2, max: 4}}")).containsExactly(
                at + "validRange.max: Invalid value: \"5\": default is more than max: 4");
        assertThat(capacity("{default: 2, validValues: [1, 3, 1, 11]}")).containsExactly(
                at + "validValues[2]: Invalid value: \"1\": values must be sorted in ascending order",
                at + "validValues[3]: Invalid value: \"11\": option is larger than capacity value: 10",
                at + "validValues[2]: Duplicate value: \"1\"",
                at + "validValues: Invalid value: \"2\": default value is not valid according to the requestPolicy");
    }

    @Test
    void namesThatCannotBeAreToldWhereTheyStand() {
        String consumed = "consumesCounters: [{counterSet: c, counters: {A: {value: 1}}}]";
        assertThat(kit.createProblems(slice("nodeName: n1, devices: [{name: a, attributes: {1x: {int: 1}}, capacity:"
                + " {2x: {value: 1}}, " + consumed + "}]"))).satisfiesExactly(
                        p -> assertThat(p).startsWith("spec.devices[0].attributes[1x]: Invalid value: \"1x\": a valid"
                                + " C"),
                        p -> assertThat(p).startsWith("spec.devices[0].capacity[2x]: Invalid value: \"2x\": a valid C"),
                        p -> assertThat(p).startsWith("spec.devices[0].consumesCounters[0].counters[A]: Invalid"
                                + " value:"));
    }

    @Test
    void whatADriverSaysOfADeviceIsLookedAt() {
        String result = "driver: a.b, pool: p, device: d";
        String device = "{" + result + ", conditions: [{type: Ready, status: Maybe, reason: R, lastTransitionTime:"
                + " '2026-01-01T00:00:00Z'}], networkData: {ips: [10.0.0.1, 10.0.0.1/24, '2001:DB8::1/64']}}";
        assertThat(status("{}", "{allocation: {devices: {results: [{request: a, " + result + "}]}}, devices: [" + device
                + "]}")).containsExactly(
                        "status.devices[0].conditions[0].status: Unsupported value: \"Maybe\": supported values:"
                                + " \"False\", \"True\", \"Unknown\"",
                        "status.devices[0].networkData.ips[0]: Invalid value: \"10.0.0.1\": must be a valid address in"
                                + " CIDR form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)",
                        "status.devices[0].networkData.ips[2]: Invalid value: \"2001:DB8::1/64\": must be in canonical"
                                + " form (\"2001:db8::1/64\")");
    }

    @Test
    void aClaimThatIsMadeHasLabelsAndAnnotationsAlone() {
        assertThat(kit.createProblems("{apiVersion: resource.k8s.io/v1, kind: ResourceClaimTemplate, metadata: {name:"
                + " t, namespace: default}, spec: {metadata: {name: x, labels: {a: '!'}, annotations: {a b: c}}, spec:"
                + " {devices: {requests: [{name: a, exactly: {deviceClassName: b}}]}}}}")).satisfiesExactly(
                        p -> assertThat(p).startsWith("spec.metadata.annotations: Invalid value: \"a b\": "),
                        p -> assertThat(p).startsWith("spec.metadata.labels: Invalid value: \"!\": "),
                        p -> assertThat(p).isEqualTo("spec.metadata.name: Forbidden: cannot be set"));
    }

    @Test
    void aTaintHasTheTimeItWasAdded() {
        Struct taint = kit
                .defaulted(slice("nodeName: n1, devices: [{name: a, taints: [{key: k, effect: NoSchedule}]}]"))
                .struct("spec").seq("devices").struct(0).seq("taints").struct(0);
        assertThat(taint.text("timeAdded")).endsWith("Z");
    }
}
