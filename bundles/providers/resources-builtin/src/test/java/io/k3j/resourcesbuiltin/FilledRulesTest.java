package io.k3j.resourcesbuiltin;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Expected values are from kube-apiserver 1.36.2.
class FilledRulesTest {
    private final Kit kit = new Kit();

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "flowcontrol.apiserver.k8s.io/v1, kind: FlowSchema | {matchingPrecedence: 0}"
                    + "| {matchingPrecedence: 1000}",
            "flowcontrol.apiserver.k8s.io/v1, kind: PriorityLevelConfiguration"
                    + "| {limited: {nominalConcurrencyShares: null, limitResponse: {type: Queue, queuing: {}}}}"
                    + "| {limited: {limitResponse: {type: Queue, queuing: {queues: 64, handSize: 8, "
                    + "queueLengthLimit: 50}}, nominalConcurrencyShares: 30, lendablePercent: 0}}",
            "flowcontrol.apiserver.k8s.io/v1, kind: PriorityLevelConfiguration"
                    + "| {limited: {nominalConcurrencyShares: 0, lendablePercent: 10}}"
                    + "| {limited: {nominalConcurrencyShares: 0, lendablePercent: 10}}",
            "v1, kind: PersistentVolume | {iscsi: {}, rbd: {user: u}, azureDisk: {readOnly: true}, scaleIO: {}}"
                    + "| {iscsi: {iscsiInterface: default}, rbd: {user: u, pool: rbd, keyring: /etc/ceph/keyring}, "
                    + "azureDisk: {readOnly: true, cachingMode: ReadWrite, fsType: ext4, kind: Shared}, "
                    + "scaleIO: {storageMode: ThinProvisioned, fsType: xfs}, "
                    + "persistentVolumeReclaimPolicy: Retain, volumeMode: Filesystem}",
            "admissionregistration.k8s.io/v1, kind: ValidatingAdmissionPolicy"
                    + "| {matchConstraints: {resourceRules: [{resources: [pods]}]}}"
                    + "| {matchConstraints: {resourceRules: [{resources: [pods], scope: '*'}], matchPolicy: Equivalent, "
                    + "namespaceSelector: {}, objectSelector: {}}, failurePolicy: Fail}",
            "admissionregistration.k8s.io/v1, kind: MutatingAdmissionPolicyBinding | {matchResources: {}}"
                    + "| {matchResources: {matchPolicy: Equivalent, namespaceSelector: {}, objectSelector: {}}}",
            "resource.k8s.io/v1, kind: ResourceClaim"
                    + "| {devices: {requests: [{exactly: {tolerations: [{key: a}]}}, {firstAvailable: [{name: d}]}]}}"
                    + "| {devices: {requests: [{exactly: {tolerations: [{key: a, operator: Equal}], "
                    + "allocationMode: ExactCount, count: 1}}, {firstAvailable: [{name: d, "
                    + "allocationMode: ExactCount, count: 1}]}]}}",
            "resource.k8s.io/v1, kind: ResourceClaimTemplate"
                    + "| {spec: {devices: {requests: [{exactly: {allocationMode: All}}]}}}"
                    + "| {spec: {devices: {requests: [{exactly: {allocationMode: All}}]}}}"},
            quoteCharacter = '"')
    void missingFieldsAreDefaulted(String kind, String given, String filled) {
        assertThat(kit.defaulted("{apiVersion: " + kind + ", spec: " + given + "}").struct("spec"))
                .isEqualTo(Kit.yaml(filled));
    }
}
