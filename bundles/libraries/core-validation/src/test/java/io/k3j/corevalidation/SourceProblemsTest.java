package io.k3j.corevalidation;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SourceProblemsTest {
    private static final String PAIRS = "must be a host:port pair or multiple pairs separated by commas";
    private static final Struct ISCSI = Struct.of("targetPortal", "10.0.0.1:3260", "iqn",
            "iqn.2003-01.org.example:disk");

    static Stream<Case> disks() {
        Struct azure = Struct.of("diskName", "d", "diskURI", "https://a.example/d.vhd");
        return Stream.of(Case.of("gitRepo", Struct.of("repository", "r", "directory", "a/b")),
                Case.of("gitRepo", Struct.of("repository", "r", "directory", "../b"),
                        "gitRepo.directory: Invalid value: \"../b\": must not contain '..'"),
                Case.of("gcePersistentDisk", Struct.EMPTY, "persistentDisk.pdName: Required value"),
                Case.of("gcePersistentDisk", Struct.of("pdName", "d", "partition", 256),
                        "persistentDisk.partition: Invalid value: 256: must be between 1 and 255, inclusive"),
                Case.of("awsElasticBlockStore", Struct.of("volumeID", "v", "partition", -1), "awsElasticBlockStore"
                        + ".partition: Invalid value: -1: must be between 1 and 255, inclusive"),
                Case.of("fc", Struct.EMPTY,
                        "fc.targetWWNs: Required value: must specify either targetWWNs or wwids, but not both"),
                Case.of("fc", Struct.of("targetWWNs", Seq.of("a"), "lun", 1)),
                Case.of("fc", Struct.of("targetWWNs", Seq.of("a")),
                        "fc.lun: Required value: lun is required if targetWWNs is specified"),
                Case.of("fc", Struct.of("targetWWNs", Seq.of("a"), "wwids", Seq.of("b"), "lun", 256),
                        "fc.targetWWNs: Invalid value: [\"a\"]: targetWWNs and wwids can not be specified"
                                + " simultaneously",
                        "fc.lun: Invalid value: 256: must be between 0 and 255, inclusive"),
                Case.of("azureDisk", azure.with("kind", "Shared").with("cachingMode", "None")),
                Case.of("azureDisk", azure.with("kind", "Other").with("cachingMode", "All"),
                        "azureDisk.cachingMode: Unsupported value: \"All\": supported values: \"None\", \"ReadOnly\","
                                + " \"ReadWrite\"",
                        "azureDisk.kind: Unsupported value: \"Other\": supported values: \"Dedicated\", \"Managed\","
                                + " \"Shared\""),
                Case.of("azureDisk", azure.with("kind", "Managed"), "azureDisk.diskURI: Unsupported value:"
                        + " \"https://a.example/d.vhd\": supported values: \"/subscriptions/{sub-id}/resourcegroups/"
                        + "{group-name}/providers/microsoft.compute/disks/{disk-id}\""),
                Case.of("azureDisk", azure.with("kind", "Dedicated").with("diskURI", "d"), "azureDisk.diskURI:"
                        + " Unsupported value: \"d\": supported values:"
                        + " \"https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd\""));
    }

    static Stream<Case> servers() {
        Struct quobyte = Struct.of("registry", "a:1,[::1]:2", "volume", "v");
        return Stream.of(Case.of("nfs", Struct.of("path", "a"), "nfs.server: Required value",
                "nfs.path: Invalid value: \"a\": must be an absolute path"),
                Case.of("cephfs", Struct.EMPTY, "cephfs.monitors: Required value"),
                Case.of("cephfs", Struct.of("monitors", Seq.of("m"))),
                Case.of("flocker", Struct.EMPTY,
                        "flocker: Required value: one of datasetName and datasetUUID is required"),
                Case.of("flocker", Struct.of("datasetName", "a/b", "datasetUUID", "u"),
                        "flocker: Invalid value: \"resource\": datasetName and datasetUUID can not be specified"
                                + " simultaneously",
                        "flocker.datasetName: Invalid value: \"a/b\": must not contain '/'"),
                Case.of("quobyte", quobyte),
                Case.of("quobyte", quobyte.with("registry", "a:1,b"),
                        "quobyte.registry: Invalid value: \"a:1,b\": " + PAIRS),
                Case.of("quobyte", quobyte.with("tenant", "t".repeat(65)),
                        "quobyte.tenant: Required value: must be a UUID and may not exceed a length of 64 characters"),
                Case.of("flexVolume", Struct.of("driver", "d", "options", Struct.of("a.K8s.io/b", "c")),
                        "flexVolume.options[a.K8s.io/b]: Invalid value: \"a.K8s.io/b\": kubernetes.io and k8s.io"
                                + " namespaces are reserved"),
                Case.of("scaleIO", Struct.of("gateway", "g", "system", "s"), "scaleIO.volumeName: Required value"),
                Case.of("cinder", Struct.of("volumeID", "v", "secretRef", Struct.EMPTY),
                        "cinder.secretRef.name: Required value"),
                Case.of("storageos", Struct.of("volumeName", "v", "volumeNamespace", "a.b", "secretRef", Struct.EMPTY),
                        "storageos.volumeNamespace: Invalid value: \"a.b\": must not contain dots",
                        "storageos.secretRef.name: Required value"));
    }

    static Stream<Case> iscsi() {
        String format = "must be valid format";
        return Stream.of(iscsi(ISCSI), iscsi(ISCSI.with("iqn", "eui.0123456789abcdef")),
                iscsi(Struct.EMPTY, "targetPortal: Required value", "iqn: Required value"),
                iscsi(ISCSI.with("iqn", "disk"),
                        "iqn: Invalid value: \"disk\": must be valid format starting with iqn, eui, or naa"),
                iscsi(ISCSI.with("iqn", "iqn.2003.org"), "iqn: Invalid value: \"iqn.2003.org\": " + format),
                iscsi(ISCSI.with("iqn", "naa.1"), "iqn: Invalid value: \"naa.1\": " + format),
                iscsi(ISCSI.with("lun", -1), "lun: Invalid value: -1: must be between 0 and 255, inclusive"),
                iscsi(ISCSI.with("chapAuthSession", true), "secretRef: Required value"),
                iscsi(ISCSI.with("initiatorName", "me"),
                        "initiatorname: Invalid value: \"me\": must be valid format starting with iqn, eui, or naa"),
                iscsi(ISCSI.with("initiatorName", "iqn.2003-01.org.example:a;b"),
                        "initiatorname: Invalid value: \"iqn.2003-01.org.example:a;b\": " + format));
    }

    private static Case iscsi(Struct source, String... expected) {
        return Case.of("iscsi", source, Stream.of(expected).map(e -> "iscsi." + e).toArray(String[]::new));
    }

    @ParameterizedTest
    @MethodSource({"disks", "servers", "iscsi"})
    void eachSourceIsRefusedInUpstreamsWords(Case c) {
        assertThat(c.value()).isInstanceOf(Struct.class);
        assertThat(Case.found(p -> SourceProblems.check(c.field(), Struct.of("s", c.value()).struct("s"), "v", p)))
                .containsExactlyElementsOf(c.expected());
    }

    @Test
    void aNodeNamesItsEndByTheVolumeAndThePortal() {
        Struct source = ISCSI.with("initiatorName", "iqn.2003-01.org.example:me");
        assertThat(Case.found(p -> IscsiProblems.check(source, "v", p))).isEmpty();
        assertThat(Case.found(p -> IscsiProblems.check(source, "v".repeat(51), p))).containsExactly(
                "name: Invalid value: \"" + "v".repeat(51) + "\": Total length of <volume name>:<iscsi.targetPortal>"
                        + " must be under 64 characters if iscsi.initiatorName is specified.");
    }

    private static List<String> persistent(String name, Struct source) {
        return Case.found(p -> SourceProblems.persistentVolume(name, source, "v".repeat(51), p));
    }

    @Test
    void persistentVolumesHaveSomeRulesOfTheirOwn() {
        assertThat(persistent("hostPath", Struct.of("path", "/a/../b", "type", "Disk"))).containsExactly(
                "hostPath.path: Invalid value: \"/a/../b\": must not contain '..'",
                "hostPath.type: Unsupported value: \"Disk\": supported values: \"\", \"BlockDevice\", \"CharDevice\","
                        + " \"Directory\", \"DirectoryOrCreate\", \"File\", \"FileOrCreate\", \"Socket\"");
        assertThat(persistent("local", Struct.of("path", "/a/.."))).containsExactly(
                "local.path: Invalid value: \"/a/..\": must not contain '..'");
        assertThat(persistent("gcePersistentDisk", Struct.of("pdName", "a", "partition", 256))).containsExactly(
                "persistentDisk.partition: Invalid value: 256: must be between 1 and 255, inclusive");
        assertThat(persistent("cinder", Struct.of("volumeID", "a", "secretRef", Struct.of("name", "s"))))
                .containsExactly("cinder.secretRef.namespace: Required value");
        assertThat(persistent("glusterfs", Struct.of("endpoints", "a", "path", "b", "endpointsNamespace", "")))
                .containsExactly("glusterfs.endpointsNamespace: Invalid value: \"\": if the endpointnamespace is set,"
                        + " it must be a valid namespace name");
        assertThat(persistent("azureFile", Struct.of("secretName", "a", "shareName", "b", "secretNamespace", "")))
                .containsExactly("azureFile.secretNamespace: Required value");
        assertThat(persistent("iscsi", ISCSI.with("initiatorName", "me"))).containsExactly(
                "iscsi.initiatorname: Invalid value: \"me\": must be valid format",
                "iscsi.targetportal: Invalid value: \"10.0.0.1:3260\": Total length of <volume name>:"
                        + "<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.");
    }
}
