package io.k3j.localstorage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class VolumePlanTest {
    static final String CONFIG = """
            {"nodePathMap":[{"node":"DEFAULT_PATH_FOR_NON_LISTED_NODES","paths":["/var/storage/"]},
            {"node":"n2","paths":["/a","/b"]},{"node":"n3","paths":[]}]}""";
    private static final Obj NODE = node("n1");

    private static Obj node(String name) {
        return Obj.of(Struct.of("apiVersion", "v1", "kind", "Node", "metadata",
                Struct.of("name", name, "labels", Struct.of("kubernetes.io/hostname", name + ".host", "zone", "z1"))));
    }

    static LocalPathConfig config(String json) {
        return LocalPathConfig.parse(Struct.of("config.json", json));
    }

    static Obj storageClass(Struct annotations, Struct parameters) {
        return Obj.of(Struct.of("apiVersion", "storage.k8s.io/v1", "kind", "StorageClass", "metadata",
                Struct.of("name", "local-path", "annotations", annotations), "provisioner", "rancher.io/local-path",
                "parameters", parameters, "reclaimPolicy", "Delete", "volumeBindingMode", "WaitForFirstConsumer"));
    }

    static Obj claim(Struct annotations, Struct more) {
        Struct.Builder spec = Struct.builder().put("accessModes", Seq.of("ReadWriteOnce")).put("resources",
                Struct.of("requests", Struct.of("storage", "1Gi"))).put("storageClassName", "local-path");
        more.forEach(spec::put);
        return Obj.of(Struct.of("apiVersion", "v1", "kind", "PersistentVolumeClaim", "metadata",
                Struct.of("name", "data", "namespace", "shop", "uid", "u-1", "annotations", annotations), "spec",
                spec.build()));
    }

    private static Struct volume(Struct classAnnotations, Struct parameters, Struct claimAnnotations, Obj node) {
        return VolumePlan.of(claim(claimAnnotations, Struct.EMPTY), storageClass(classAnnotations, parameters),
                Optional.of(node), config(CONFIG)).volume();
    }

    @Test
    void hasUpstreamsForm() {
        Struct volume = volume(Struct.of("defaultVolumeType", "local"), Struct.EMPTY, Struct.EMPTY, NODE);
        assertThat(volume.struct("metadata")).isEqualTo(Struct.of("name", "pvc-u-1", "annotations",
                Struct.of("local.path.provisioner/selected-node", "n1", "pv.kubernetes.io/provisioned-by",
                        "rancher.io/local-path")));
        Struct spec = volume.struct("spec");
        assertThat(spec.struct("local").text("path")).isEqualTo("/var/storage/pvc-u-1_shop_data");
        assertThat(spec.struct("capacity").text("storage")).isEqualTo("1Gi");
        assertThat(spec.struct("claimRef").text("uid")).isEqualTo("u-1");
        assertThat(spec.text("persistentVolumeReclaimPolicy")).isEqualTo("Delete");
        assertThat(spec.struct("nodeAffinity").struct("required").seq("nodeSelectorTerms").struct(0)
                .seq("matchExpressions").struct(0)).isEqualTo(Struct.of("key", "kubernetes.io/hostname", "operator",
                        "In", "values", Seq.of("n1.host")));
    }

    @Test
    void takesTypeAndAffinityFromAnnotationsAndParameters() {
        assertThat(volume(Struct.EMPTY, Struct.EMPTY, Struct.EMPTY, NODE).struct("spec").struct("hostPath"))
                .isEqualTo(Struct.of("path", "/var/storage/pvc-u-1_shop_data", "type", "DirectoryOrCreate"));
        assertThat(volume(Struct.of("defaultVolumeType", "local"), Struct.EMPTY, Struct.of("volumeType", "hostPath"),
                NODE).struct("spec").has("hostPath")).isTrue();
        assertThat(volume(Struct.EMPTY, Struct.of("nodeAffinityKey", "zone"), Struct.EMPTY, NODE).toString())
                .contains("z1");
        assertThatThrownBy(() -> volume(Struct.EMPTY, Struct.EMPTY, Struct.of("volumeType", "nfs"), NODE))
                .hasMessage("\"nfs\" is not a recognised volume type");
    }

    @Test
    void takesThePathOfTheNode() {
        Struct parameters = Struct.of("nodePath", "/b");
        assertThat(volume(Struct.EMPTY, parameters, Struct.EMPTY, node("n2")).struct("spec").struct("hostPath")
                .text("path")).startsWith("/b/pvc-");
        assertThatThrownBy(() -> volume(Struct.EMPTY, parameters, Struct.EMPTY, NODE))
                .hasMessage("config doesn't contain path /b on node n1");
        assertThatThrownBy(() -> volume(Struct.EMPTY, Struct.EMPTY, Struct.EMPTY, node("n3")))
                .hasMessage("no local path available on node n3");
        assertThat(volume(Struct.EMPTY, Struct.EMPTY, Struct.EMPTY, node("n2")))
                .as("a second attempt has the same path")
                .isEqualTo(volume(Struct.EMPTY, Struct.EMPTY, Struct.EMPTY, node("n2")));
    }

    @Test
    void refusesWhatUpstreamRefuses() {
        Struct[] wrong = {Struct.of("volumeMode", "Block"), Struct.of("selector", Struct.EMPTY.with("a", "b")),
                Struct.of("accessModes", Seq.of("ReadWriteMany"))};
        for (Struct more : wrong) {
            assertThatThrownBy(() -> VolumePlan.of(claim(Struct.EMPTY, more), storageClass(Struct.EMPTY, Struct.EMPTY),
                    Optional.of(NODE), config(CONFIG))).as(more.toString())
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static String patterned(String pattern, String unsafe) {
        Struct parameters = Struct.of("pathPattern", pattern, "allowUnsafePathPattern", unsafe);
        return volume(Struct.EMPTY, parameters, Struct.of("dir", "x", "example.com/d", "y"), NODE).struct("spec")
                .struct("hostPath").text("path");
    }

    @Test
    void liesWhereThePatternOfItsClassSays() {
        assertThat(patterned("{{ .PVC.Namespace }}/{{ .PVC.Name }}/", "")).isEqualTo("/var/storage/shop/data");
        assertThat(patterned("{{.PVC.Namespace}}/{{.PVC.Name}}/{{ .PVC.Annotations.dir }}-{{ .PVName }}", "false"))
                .isEqualTo("/var/storage/shop/data/x-pvc-u-1");
        assertThat(patterned("shop/data/{{ index .PVC.Annotations \"example.com/d\" }}/{{ .PVC.UID }}", ""))
                .isEqualTo("/var/storage/shop/data/y/u-1");
        assertThat(patterned("{{ .PVC.Name }}", "true")).isEqualTo("/var/storage/data");
        assertThat(volume(Struct.EMPTY, Struct.of("permPattern", "0700"), Struct.EMPTY, NODE).toString())
                .as("what K3s' script does not look at").contains("/var/storage/pvc-u-1_shop_data");
    }

    @Test
    void refusesAPatternThatLeadsElsewhere() {
        assertThatThrownBy(() -> patterned("{{ .PVC.Namespace }}/{{ .PVC.Name }}", ""))
                .hasMessage("failed to create path from pattern {{ .PVC.Namespace }}/{{ .PVC.Name }}: pathPattern must"
                        + " start with {{ .PVC.Namespace }}/{{ .PVC.Name }}/: shop/data");
        for (String pattern : new String[] {"shop/data/../../etc", "shop/data/.x", "shop/data/a b", "shop/data/\0"}) {
            assertThatThrownBy(() -> patterned(pattern, "")).as(pattern)
                    .hasMessageStartingWith("folder path contains invalid references: ");
        }
        for (String pattern : new String[] {"../../etc", "/", "..", "a/../.."}) {
            assertThatThrownBy(() -> patterned(pattern, "true")).as(pattern)
                    .hasMessageStartingWith("folder path contains invalid references: ");
        }
        for (String pattern : new String[] {"shop/data/{{ .PVC.Annotations.none }}", "shop/data/{{ if }}"}) {
            assertThatThrownBy(() -> patterned(pattern, "")).as(pattern).hasMessageContaining("nothing of this claim");
        }
    }

    @Test
    void hasNoNodeOnASharedPath() {
        Obj many = claim(Struct.EMPTY, Struct.of("accessModes", Seq.of("ReadWriteMany")));
        for (Optional<Obj> node : List.of(Optional.of(NODE), Optional.<Obj>empty())) {
            Struct volume = VolumePlan.of(many, storageClass(Struct.EMPTY, Struct.EMPTY), node,
                    config("{\"sharedFileSystemPath\":\"/shared\"}")).volume();
            assertThat(volume.struct("spec").has("nodeAffinity")).isFalse();
            assertThat(volume.struct("spec").struct("hostPath").text("path")).startsWith("/shared/");
        }
    }

    @Test
    void refusesAConfigurationThatIsWrong() {
        for (String json : new String[] {"", "[]", "{", "{}", "{\"nodePathMap\":[{\"node\":\"a\",\"paths\":[\"x\"]}]}",
                "{\"nodePathMap\":[{\"node\":\"a\",\"paths\":[\"/\"]}]}",
                "{\"nodePathMap\":[{\"node\":\"a\",\"paths\":[\"/x/..\"]}]}",
                "{\"nodePathMap\":[{\"node\":\"a\"},{\"node\":\"a\"}]}",
                "{\"nodePathMap\":[{\"node\":\"a\"}],\"sharedFileSystemPath\":\"/x\"}"}) {
            assertThatThrownBy(() -> config(json)).as(json).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void knowsScriptsThatDoMoreThanIsDoneHere() {
        String setup = "#!/bin/sh\nset -eu\nmkdir -m 0777 -p \"${VOL_DIR}\"\nchmod 700 \"${VOL_DIR}/..\"\n";
        Struct data = Struct.of("config.json", CONFIG, "setup", setup, "teardown",
                "#!/bin/sh\nset -eu\nrm -rf \"$VOL_DIR\"");
        assertThat(LocalPathConfig.parse(data).commands()).as("those of K3s").isFalse();
        assertThat(LocalPathConfig.parse(data.with("setup", setup + "xfs_quota -x")).commands()).isTrue();
        assertThat(config(CONFIG.replaceFirst("\\{", "{\"setupCommand\":\"/x\",")).commands()).isTrue();
    }

    @Test
    void believesOnlyVolumesItCouldHaveMade() {
        Obj made = Obj.of(volume(Struct.of("defaultVolumeType", "local"), Struct.EMPTY, Struct.EMPTY, NODE));
        assertThat(place(made, Struct.EMPTY)).isEqualTo(new VolumePlace("n1", "/var/storage", "pvc-u-1_shop_data"));
        for (String path : new String[] {"/etc", "/var/storage/other", "/var/storage/../../etc/pvc-u-1_shop_data",
                "/etc/pvc-u-1_shop_data", "pvc-u-1_shop_data", "/", "/var/storage/shop", "/var/storage/shop/data/../x",
                "/var/storage/shop/database", "/var/storage/shop/data/"}) {
            assertThatThrownBy(() -> place(made.with(path, "spec", "local", "path"), Struct.EMPTY)).as(path)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void believesAVolumeOfAPattern() {
        Obj made = Obj.of(volume(Struct.of("defaultVolumeType", "local"), Struct.EMPTY, Struct.EMPTY, NODE));
        for (String name : new String[] {"shop/data", "shop/data/x/y"}) {
            assertThat(place(made.with("/var/storage/" + name, "spec", "local", "path"), Struct.EMPTY))
                    .isEqualTo(new VolumePlace("n1", "/var/storage", name));
        }
        Struct unsafe = Struct.of("allowUnsafePathPattern", "true");
        assertThat(place(made.with("/var/storage/other", "spec", "local", "path"), unsafe).name()).isEqualTo("other");
        assertThatThrownBy(() -> place(made.with("/var/storage/../x", "spec", "local", "path"), unsafe))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static VolumePlace place(Obj volume, Struct parameters) {
        return VolumePlace.of(volume, Optional.of(storageClass(Struct.EMPTY, parameters)), config(CONFIG));
    }
}
