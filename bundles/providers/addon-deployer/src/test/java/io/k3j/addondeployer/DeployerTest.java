package io.k3j.addondeployer;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.ApiResource;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.WriteOptions;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.schema.Schemas;
import io.k3j.testkit.FakeApi;
import io.k3j.testkit.ManualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Looks at a directory, with a clock that is moved and an API in memory.
class DeployerTest {
    private static final Schemas SCHEMAS = new Schemas();
    private static final Gvr MAPS = Gvr.of("v1", "configmaps");
    private static final Gvr EVENTS = Gvr.of("v1", "events");
    private static final Gvr WIDGETS = Gvr.of("example.org/v1", "widgets");
    private static final String MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s}\ndata: {key: %s}\n---\n";
    private static final String WIDGET = "apiVersion: example.org/v1\nkind: Widget\nmetadata: {name: w}\n---\n";
    private static final List<String> VERBS = List.of("create", "delete", "get", "list", "update", "watch");
    @TempDir
    Path dir;
    private final ManualClock clock = new ManualClock();
    private final FakeApi api = FakeApi.stepped(clock);
    /// Groups of another API server, which no catalog of this one has.
    private final Set<String> aggregated = new HashSet<>();

    @BeforeEach
    void serveAddons() {
        api.serve(new ApiResource(Addons.RESOURCE, Addons.KIND, true, VERBS), false);
    }

    private Deployer deployer(String server, String... disabled) throws IOException {
        Path base = Files.createDirectories(dir.resolve(server));
        ServedKinds served = new ServedKinds(api, SCHEMAS);
        DeployableKinds kinds = kind -> aggregated.contains(kind.group()) ? Optional.empty() : served.find(kind);
        return new Deployer(new ServerContext(api, kinds, server, clock),
                new ManifestDirectory(base, Set.of(FileStamp.of(dir).owner())), DisabledWords.of(List.of(disabled)),
                StockFiles.without(List.of("local-storage")), new DeployCounts());
    }

    /// Writes a file as of now, and lets ten seconds pass.
    private void write(String path, String... texts) throws IOException {
        Path file = dir.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, String.join("", texts));
        Files.setLastModifiedTime(file, FileTime.from(clock.instant()));
        clock.advance(Duration.ofSeconds(10));
    }

    private static String map(String name, String value) {
        return MAP.formatted(name, value);
    }

    private Map<String, String> data(String name) {
        return api.find(MAPS, new Key("default", name)).map(map -> map.tree().struct("data").texts()).orElse(Map.of());
    }

    private List<String> maps() {
        return api.list(MAPS, Query.ALL).items().stream().map(Obj::name).toList();
    }

    private Obj addon(String name) {
        return api.get(Addons.RESOURCE, Addons.key(name));
    }

    private List<String> events(String reason) {
        return api.list(EVENTS, Query.ALL).items().stream().filter(event -> event.tree().text("reason").equals(reason))
                .map(event -> event.tree().text("message")).toList();
    }

    @Test
    void appliesAFileAndSaysSoOnItsAddon() throws Exception {
        write("one/app.v1.yaml", map("a", "'1'"),
                "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d, namespace: "
                        + "default}\nspec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: "
                        + "{containers: [{name: c, image: i, resources: {requests: {cpu: 0.1}}}]}}}\n");
        deployer("one").look();
        assertThat(data("a")).containsEntry("key", "1");
        Obj addon = addon("app");
        assertThat(addon.spec().text("source")).isEqualTo(dir.resolve("one/app.v1.yaml").toString());
        assertThat(addon.spec().text("checksum")).hasSize(64);
        assertThat(addon.annotations()).containsEntry("addon.k3s.cattle.io/gvks",
                "/v1, Kind=ConfigMap;apps/v1, Kind=Deployment").doesNotContainKey("addon.k3j.io/applying");
        assertThat(events("ApplyingManifest")).hasSize(1);
        assertThat(events("AppliedManifest")).containsExactly("Applied manifest at \"" + dir + "/one/app.v1.yaml\"");
        Obj deployment = api.get(Gvr.of("apps/v1", "deployments"), new Key("default", "d"));
        assertThat(deployment.at("spec", "template", "spec", "containers")).asString().as("typed").contains("100m");
    }

    @Test
    void aChangeIsAppliedAndWhatTheFileDroppedIsDeletedButNothingElse() throws Exception {
        Deployer deployer = deployer("one");
        write("one/app.yaml", map("a", "'1'"), map("b", "'1'"), map("stays", "'1'"));
        deployer.look();
        api.create(MAPS, Obj.of(Struct.of("apiVersion", "v1", "kind", "ConfigMap", "metadata",
                Struct.of("name", "theirs", "namespace", "default", "labels",
                        Struct.of(OwnerMarks.HASH, api.get(MAPS, new Key("default", "b")).labels()
                                .getOrDefault(OwnerMarks.HASH, ""))))),
                WriteOptions.PLAIN);
        Obj kept = api.get(MAPS, new Key("default", "stays"));
        api.update(MAPS, kept.with("false", "metadata", "labels", OwnerMarks.PRUNE),
                WriteOptions.PLAIN);
        write("one/app.yaml", map("a", "'2'"));
        deployer.look();
        assertThat(data("a")).containsEntry("key", "2");
        assertThat(maps()).containsExactly("a", "stays", "theirs");
    }

    @Test
    void anObjectThatMovesToAnotherFileIsNeverDeleted() throws Exception {
        Deployer deployer = deployer("one");
        write("one/a.yaml", map("x", "'1'"), map("moves", "'1'"));
        write("one/b.yaml", map("z", "'1'"));
        deployer.look();
        write("one/a.yaml", map("x", "'1'"));
        write("one/b.yaml", map("z", "'1'"), map("moves", "'1'"));
        deployer.look();
        assertThat(maps()).containsExactly("moves", "x", "z");
        assertThat(api.calls()).noneMatch(call -> call.contains("delete"));
    }

    @Test
    void aDamagedFileIsAnEventNothingIsDeletedAndOthersGoOn() throws Exception {
        Deployer deployer = deployer("one");
        write("one/app.yaml", map("a", "'1'"));
        deployer.look();
        write("one/app.yaml", "apiVersion: v1\nkind: [");
        write("one/other.yaml", map("b", "'1'"));
        Deployer.Outcome outcome = deployer.look();
        assertThat(maps()).containsExactly("a", "b");
        assertThat(events("ParseManifestFailed")).singleElement().asString().contains("/one/app.yaml\" failed: ");
        assertThat(outcome.failing()).isEqualTo(1);
        write("one/app.yaml", "");
        deployer.look();
        assertThat(maps()).containsExactly("a", "b");
        write("one/app.yaml", "# nothing any more\n");
        deployer.look();
        assertThat(maps()).containsExactly("b");
    }

    @Test
    void aFileIsAppliedAsFarAsTheApiTakesItAndNothingIsDeletedUntilItTakesAll() throws Exception {
        Deployer deployer = deployer("one");
        write("one/app.yaml", map("a", "'1'"), map("b", "'1'"));
        deployer.look();
        api.refuse("create", MAPS, ApiFault.forbidden(MAPS, "c", "a webhook says so"));
        write("one/app.yaml", map("c", "'1'"), map("d", "'1'"));
        deployer.look();
        assertThat(maps()).containsExactly("a", "b", "d");
        assertThat(events("ApplyManifestFailed")).singleElement().asString().contains("a webhook says so");
        assertThat(addon("app").annotations()).doesNotContainKey("addon.k3j.io/applying");
        clock.advance(Duration.ofSeconds(1));
        deployer.look();
        assertThat(maps()).containsExactly("c", "d");
    }

    @Test
    void anUnknownKindIsWaitedForWithoutDisturbingAnybody() throws Exception {
        write("one/a-widgets.yaml", WIDGET, map("beside", "'1'"));
        write("one/other.yaml", map("b", "'1'"));
        Deployer deployer = deployer("one");
        assertThat(deployer.look().pause()).isEqualTo(Duration.ofMillis(500));
        assertThat(maps()).containsExactly("b", "beside");
        assertThat(events("ApplyManifestFailed")).isEmpty();
        api.serve(new ApiResource(WIDGETS, "Widget", true, VERBS), false);
        clock.advance(Duration.ofSeconds(1));
        deployer.look();
        assertThat(api.list(WIDGETS, Query.ALL).items()).hasSize(1);
        assertThat(addon("a-widgets").spec().text("checksum")).isNotEmpty();
    }

    @Test
    void aKindThatDoesNotComeIsToldAfterAWhile() throws Exception {
        write("one/widgets.yaml", WIDGET);
        Deployer deployer = deployer("one");
        for (int i = 0; i < 4; i++) {
            deployer.look();
            clock.advance(Duration.ofSeconds(10));
        }
        assertThat(events("ApplyManifestFailed")).singleElement().asString()
                .contains("Widget w: the API serves no such kind in example.org/v1");
    }

    @Test
    void aKindOfAnotherApiServerIsToldAtOnce() throws Exception {
        api.serve(new ApiResource(WIDGETS, "Widget", true, VERBS), false);
        aggregated.add("example.org");
        write("one/widgets.yaml", WIDGET, map("a", "'1'"));
        deployer("one").look();
        assertThat(events("ApplyManifestFailed")).singleElement().asString()
                .contains("Widget w: its kind is served by another API server");
        assertThat(maps()).containsExactly("a");
    }

    @Test
    void whatIsDisabledGoesWithItsObjectsItsAddonAndItsFile() throws Exception {
        write("one/app.yaml", map("a", "'1'"));
        write("one/sub/gone.yaml", map("b", "'1'"));
        write("one/stays.yaml", map("c", "'1'"));
        deployer("one").look();
        Files.delete(dir.resolve("one/sub/gone.yaml"));
        deployer("one", "app", "gone", "sub").look();
        assertThat(maps()).containsExactly("c");
        assertThat(dir.resolve("one/app.yaml")).doesNotExist();
        assertThat(api.list(Addons.RESOURCE, Query.ALL).items()).extracting(Obj::name).containsExactly("stays");
        assertThat(events("DeletingManifest")).hasSize(2);
    }

    @Test
    void whatIsSkippedAndWhatIsRemovedStaysAsItIs() throws Exception {
        Deployer deployer = deployer("one");
        write("one/app.yaml", map("a", "'1'"));
        write("one/gone.yaml", map("b", "'1'"));
        deployer.look();
        write("one/app.yaml.skip");
        write("one/app.yaml", map("a", "'2'"));
        Files.delete(dir.resolve("one/gone.yaml"));
        deployer.look();
        assertThat(data("a")).containsEntry("key", "1");
        assertThat(maps()).containsExactly("a", "b");
        assertThat(addon("gone").name()).isEqualTo("gone");
        Files.delete(dir.resolve("one/app.yaml.skip"));
        deployer.look();
        assertThat(data("a")).containsEntry("key", "2");
    }

    @Test
    void aStartAppliesOnceWhatIsThereAndWritesNothingThatIsAsItShouldBe() throws Exception {
        write("one/app.yaml", map("a", "'1'"), map("b", "'1'"));
        deployer("one").look();
        Obj edited = api.get(MAPS, new Key("default", "b"));
        api.update(MAPS, edited.with("edited", "data", "key"), WriteOptions.PLAIN);
        api.calls().clear();
        Deployer next = deployer("one");
        next.look();
        assertThat(data("b")).containsEntry("key", "1");
        assertThat(api.calls()).filteredOn(call -> call.contains("configmaps")).singleElement().asString()
                .contains("update configmaps default/b");
        api.calls().clear();
        clock.advance(Duration.ofMinutes(1));
        next.look();
        assertThat(api.calls()).isEmpty();
    }

    @Test
    void objectsOfStockK3sAreTakenOver() throws Exception {
        Struct stock = new OwnerMarks(Addons.key("app")).marked(Struct.of("apiVersion", "v1", "kind", "ConfigMap",
                "metadata", Struct.of("name", "a", "namespace", "default"), "data",
                Struct.of("key", "1", "dropped", "x")));
        api.seed(MAPS, Obj.of(stock.withAt("y", "data", "theirs")));
        api.seed(Addons.RESOURCE, Obj.of(Struct.of("apiVersion", Addons.API, "kind", "Addon", "metadata",
                Struct.of("name", "app", "namespace", "kube-system"), "spec", Struct.of("checksum", "stock"))));
        write("one/app.yaml", map("a", "'2'"));
        deployer("one").look();
        assertThat(data("a")).isEqualTo(Map.of("key", "2", "theirs", "y"));
    }

    @Test
    void theNewestChangeOfSeveralServersWinsAndNobodyFights() throws Exception {
        write("two/app.yaml", map("a", "old"));
        write("one/app.yaml", map("a", "new"));
        Deployer one = deployer("one");
        Deployer two = deployer("two");
        one.look();
        two.look();
        assertThat(data("a")).containsEntry("key", "new");
        assertThat(events("ManifestDiffers")).singleElement().asString()
                .contains(dir + "/two/app.yaml\" on server two").contains("applied by server one");
        write("two/app.yaml", map("a", "newest"));
        two.look();
        one.look();
        assertThat(data("a")).containsEntry("key", "newest");
        assertThat(events("ManifestDiffers")).hasSize(2);
        api.calls().clear();
        for (Deployer any : List.of(one, two, deployer("one"), one, two)) {
            clock.advance(Duration.ofSeconds(15));
            any.look();
        }
        assertThat(data("a")).containsEntry("key", "newest");
        assertThat(api.calls()).noneMatch(call -> call.contains("configmaps"));
    }

    @Test
    void waitsForTheServerThatAppliesNowButNotForEver() throws Exception {
        write("one/app.yaml", map("a", "'1'"));
        Deployer one = deployer("one");
        Obj addon = new Addons(api, "x", "two").ensure("app", "/x");
        new Addons(api, "x", "two").claim(addon, "c", List.of());
        one.look();
        assertThat(maps()).isEmpty();
        clock.advance(Duration.ofSeconds(121));
        one.look();
        assertThat(maps()).containsExactly("a");
    }

    @Test
    void ofTwoFilesWithOneNameTheOneThatWasAppliedCounts() throws Exception {
        write("one/sub/app.yaml", map("a", "'1'"));
        Deployer deployer = deployer("one");
        deployer.look();
        write("one/app.json", map("b", "'1'"));
        deployer.look();
        assertThat(maps()).containsExactly("a");
        assertThat(events("ReadManifestFailed")).singleElement().asString().contains("rename one");
    }

    @Test
    void packagedFilesOfStockK3sArePassedOverUntilTheyAreDisabled() throws Exception {
        write("one/rolebindings.yaml", map("roles", "'1'"));
        write("one/metrics-server/service.yaml", map("metrics", "'1'"));
        write("one/local-storage.yaml", map("ours", "'1'"));
        deployer("one").look();
        assertThat(maps()).containsExactly("ours");
        deployer("one", "metrics-server").look();
        assertThat(dir.resolve("one/metrics-server/service.yaml")).doesNotExist();
        assertThat(dir.resolve("one/rolebindings.yaml")).exists();
    }

    @Test
    void aNameThatNoObjectMayHaveIsPassedOver() throws Exception {
        write("one/My_App.yaml", map("a", "'1'"));
        write("one/other.yaml", map("b", "'1'"));
        assertThat(deployer("one").look().failing()).isEqualTo(1);
        assertThat(maps()).containsExactly("b");
    }

    @Test
    void goesOnWhenTheApiWorksAgain() throws Exception {
        write("one/app.yaml", map("a", "'1'"));
        Deployer deployer = deployer("one");
        api.refuse("create", Addons.RESOURCE, ApiFault.unavailable("later"));
        assertThat(Stream.of(deployer).filter(DeployerTest::refused).count()).isEqualTo(1);
        deployer.look();
        assertThat(maps()).containsExactly("a");
    }

    private static boolean refused(Deployer deployer) {
        try {
            deployer.look();
            return false;
        } catch (ApiFault fault) {
            return true;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
