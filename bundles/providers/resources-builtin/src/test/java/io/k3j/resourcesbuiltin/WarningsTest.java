package io.k3j.resourcesbuiltin;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.Write.Operation;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What upstream says of objects that are valid and yet not what their writer may want.
class WarningsTest {
    private static final String SOON = "spec.externalIPs is deprecated and may no longer be implemented in some"
            + " clusters";
    private final Kit kit = new Kit();

    private List<String> created(String text) {
        Struct object = kit.created(text);
        return kit.hooks(object).warnings(kit.write(Operation.CREATE, object, Optional.empty(), ""), object);
    }

    private static String service(String spec) {
        return "{apiVersion: v1, kind: Service, metadata: {name: s, namespace: default}, spec: {" + spec + "}}";
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "clusterIP: None, loadBalancerIP: 192.0.2.7 | spec.loadBalancerIP is ignored for headless services",
            "clusterIP: None, externalIPs: [192.0.2.7] | spec.externalIPs is ignored for headless services",
            "clusterIP: None, sessionAffinity: ClientIP | spec.SessionAffinity is ignored for headless services",
            "externalIPs: [192.0.2.7] | " + SOON,
            "type: ExternalName, externalName: a.example, externalIPs: [192.0.2.7] | spec.externalIPs is ignored when"
                    + " spec.type is \"ExternalName\"",
            "externalName: a.example | spec.externalName is ignored when spec.type is not \"ExternalName\"",
            "trafficDistribution: PreferClose | spec.trafficDistribution: \"PreferClose\" is deprecated; use"
                    + " \"PreferSameZone\"",
            "type: LoadBalancer, loadBalancerIP: \"FD00::1\" | spec.loadBalancerIP: IPv6 address \"FD00::1\" should be"
                    + " in RFC 5952 canonical format (\"fd00::1\")",
            "type: LoadBalancer, loadBalancerSourceRanges: [\"FD00::/8\"] | spec.loadBalancerSourceRanges[0]: IPv6 CIDR"
                    + " value \"FD00::/8\" should be in RFC 5952 canonical format (\"fd00::/8\")",
            "clusterIP: \"FD00::1\" | spec.clusterIPs[0]: IPv6 address \"FD00::1\" should be in RFC 5952 canonical"
                    + " format (\"fd00::1\")"})
    void ofAService(String spec, String warning) {
        assertThat(created(service(spec))).containsExactly(warning);
    }

    @Test
    void ofAServiceWithTheOlderAnnotation() {
        assertThat(created("{apiVersion: v1, kind: Service, metadata: {name: s, namespace: default, annotations: {"
                + "service.kubernetes.io/topology-aware-hints: auto}}, spec: {ports: [{port: 80}]}}")).containsExactly(
                        "annotation service.kubernetes.io/topology-aware-hints is deprecated, please use"
                                + " service.kubernetes.io/topology-mode instead");
        assertThat(created(service("ports: [{port: 80}]"))).isEmpty();
    }

    @Test
    void ofEndpointsUnlessAControllerMadeThem() {
        String slice = "{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: e, namespace: default,"
                + " labels: {endpointslice.kubernetes.io/managed-by: %s}}, addressType: %s, endpoints: [{addresses:"
                + " ['%s']}]}";
        assertThat(created(slice.formatted("me", "FQDN", "a.example")))
                .containsExactly("spec.addressType: FQDN endpoints are deprecated");
        assertThat(created(slice.formatted("me", "IPv4", "10.0.0.01"))).containsExactly("endpoints[0].addresses[0]:"
                + " non-standard IP address \"10.0.0.01\" is invalid: use \"10.0.0.1\"");
        assertThat(created(slice.formatted("endpointslice-controller.k8s.io", "IPv4", "10.0.0.01"))).isEmpty();
        assertThat(created("{apiVersion: v1, kind: Endpoints, metadata: {name: e, namespace: default}, subsets: ["
                + "{notReadyAddresses: [{ip: 'FD00::1'}]}]}")).containsExactly("subsets[0].notReadyAddresses[0].ip:"
                        + " IPv6 address \"FD00::1\" should be in RFC 5952 canonical format (\"fd00::1\")");
    }

    @Test
    void ofANode() {
        assertThat(created("{apiVersion: v1, kind: Node, metadata: {name: n}, spec: {externalID: x}}"))
                .containsExactly("spec.externalID: this field is deprecated, and is unused by Kubernetes");
    }

    @Test
    void ofAnAccountOnceItIsAnnotated() {
        String account = "{apiVersion: v1, kind: ServiceAccount, metadata: {name: a, namespace: default, annotations: {"
                + "kubernetes.io/enforce-mountable-secrets: 'true'}}, secrets: [{name: s, uid: u}]}";
        assertThat(created(account)).containsExactly("metadata.annotations[kubernetes.io/enforce-mountable-secrets]:"
                + " deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets");
        Struct object = kit.created(account);
        assertThat(kit.hooks(object).warnings(kit.write(Operation.UPDATE, object, Optional.of(object), ""), object))
                .isEmpty();
        assertThat(object.seq("secrets").struct(0)).as("of a Secret the name is kept")
                .isEqualTo(Struct.of("name", "s"));
    }

    private static String volume(String spec) {
        return "{apiVersion: v1, kind: PersistentVolume, metadata: {name: v}, spec: {" + spec + "}}";
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "persistentVolumeReclaimPolicy: Recycle | spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is"
                    + " deprecated. Instead, the recommended approach is to use dynamic provisioning.",
            "rbd: {image: i} | spec.rbd: deprecated in v1.28, non-functional in v1.31+",
            "storageos: {volumeName: v} | spec.storageOS: deprecated in v1.22, non-functional in v1.25+",
            "nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: beta.kubernetes.io/os, operator:"
                    + " Exists}]}]}} | spec.nodeAffinity.required.nodeSelectorTerms[0].matchExpressions[0].key:"
                    + " beta.kubernetes.io/os is deprecated since v1.14; use \"kubernetes.io/os\" instead"})
    void ofAVolume(String spec, String warning) {
        assertThat(created(volume(spec))).containsExactly(warning);
    }

    @Test
    void ofClassesInAnnotationsAndBytesInParts() {
        assertThat(created("{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: c, namespace: default,"
                + " annotations: {volume.beta.kubernetes.io/storage-class: s}}, spec: {resources: {requests: {storage:"
                + " 1500m}, limits: {storage: 2Gi}}}}")).containsExactly(
                        "metadata.annotations[volume.beta.kubernetes.io/storage-class]: deprecated since v1.8; use"
                                + " \"storageClassName\" attribute instead",
                        "spec.resources.requests[storage]: fractional byte value \"1500m\" is invalid, must be an"
                                + " integer");
    }

    @Test
    void ofAVolumesMountOptionsInAnAnnotation() {
        assertThat(created("{apiVersion: v1, kind: PersistentVolume, metadata: {name: v, annotations:"
                + " {volume.beta.kubernetes.io/mount-options: ro}}, spec: {}}")).containsExactly(
                        "metadata.annotations[volume.beta.kubernetes.io/mount-options]: deprecated since v1.31; use"
                                + " \"mountOptions\" attribute instead");
    }

    @Test
    void ofAQuotaWhoseRequestsExceedItsLimits() {
        assertThat(created("{apiVersion: v1, kind: ResourceQuota, metadata: {name: q, namespace: default}, spec: {hard:"
                + " {cpu: 3, limits.cpu: 2, requests.memory: 2Gi, limits.memory: 1024Mi, requests.storage: 1}}}"))
                .containsExactly("ResourceQuota cpu (3) should be less than limits.cpu (2)",
                        "ResourceQuota requests.memory (2Gi) should be less than limits.memory (1Gi)");
    }

    @Test
    void ofASecretWhoseKeyIsMissing() {
        assertThat(created("{apiVersion: v1, kind: Secret, metadata: {name: s, namespace: default}, type:"
                + " kubernetes.io/tls, data: {tls.crt: '', tls.key: ''}}"))
                .containsExactly("tls: failed to find any PEM data in certificate input");
    }

    @Test
    void ofAnOldLabelOfNodes() {
        assertThat(created("{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: default}, spec: {nodeSelector:"
                + " {node-role.kubernetes.io/master: ''}}}")).containsExactly("spec.nodeSelector[node-role.kubernetes"
                        + ".io/master]: use \"node-role.kubernetes.io/control-plane\" instead");
    }

    @Test
    void ofADriverInCapitals() {
        assertThat(created("{apiVersion: resource.k8s.io/v1, kind: ResourceSlice, metadata: {name: s}, spec: {driver:"
                + " D.example}}")).containsExactly("spec.driver: driver names should be lowercase; \"D.example\""
                        + " contains uppercase characters");
    }

    @Test
    void ofANameThatIsKeptForFiles() {
        assertThat(created("{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingWebhookConfiguration,"
                + " metadata: {name: a.static.k8s.io}}")).containsExactly("metadata.name: names ending with"
                        + " \".static.k8s.io\" are reserved for static manifest-based configurations and cannot be"
                        + " managed via the API");
    }

    @Test
    void ofAnAddressInAStatus() {
        Struct service = Kit.yaml("{apiVersion: v1, kind: Service, metadata: {name: s, namespace: default}, status:"
                + " {loadBalancer: {ingress: [{ip: 'FD00::1'}]}}}");
        Struct ingress = service.with("apiVersion", "networking.k8s.io/v1").with("kind", "Ingress");
        for (Struct o : List.of(service, ingress)) {
            assertThat(kit.hooks(o).warnings(kit.write(Operation.UPDATE, o, Optional.of(o), "status"), o))
                    .containsExactly("status.loadBalancer.ingress[0]: IPv6 address \"FD00::1\" should be in RFC 5952"
                            + " canonical format (\"fd00::1\")");
        }
    }
}
