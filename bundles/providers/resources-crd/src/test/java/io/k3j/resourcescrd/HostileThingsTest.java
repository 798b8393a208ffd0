package io.k3j.resourcescrd;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.codec.Yaml;
import io.k3j.model.Gvk;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schema.Schemas;
import io.k3j.testkit.HostileBodies;
import io.k3j.testkit.HostileKinds;
import io.k3j.testkitobjects.BodyCosts;
import io.k3j.testkitobjects.ObjectServer;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Writes of custom resources whose schema has lists of each sort, maps, enumerations, patterns and unknown fields, on
/// a heap of 256 MiB (`pom.xml`). Longer series: `BodyCosts`.
class HostileThingsTest {
    private static final int MANY = 1_000;
    /// Each of the 59 shapes is large once.
    private static final int LARGE_EVERY = 16;

    private static Obj established() {
        Struct definition = Yaml.document(HostileBodies.definition()).object();
        Seq conditions = Seq.of(Struct.of("type", "Established", "status", "True"),
                Struct.of("type", "NamesAccepted", "status", "True"));
        return Obj.of(definition.with("status", Struct.of("conditions", conditions, "acceptedNames",
                definition.struct("spec").struct("names"))));
    }

    @Test
    void theirDefinitionIsValid() {
        Obj definition = established();
        assertThat(new DefinitionProblems(Struct.EMPTY, new DefinitionHooks(Rules.without()).defaulted(
                Gvk.of("apiextensions.k8s.io/v1", "CustomResourceDefinition"), definition.tree()), Rules.without())
                .all()).isEmpty();
    }

    @Test
    void costLittleWhateverTheyAre() throws IOException {
        Definitions definitions = new Definitions(new Schemas());
        definitions.put(established());
        try (ObjectServer server = new ObjectServer(ObjectServer.PLENTY, new ObjectServer.Serving(definitions.rows(),
                List.of(new CustomHooks(definitions, Webhooks.none(), Rules.ENGINE)), List.of(), false))) {
            assertThat(BodyCosts.of(server, HostileKinds.CUSTOM, MANY, LARGE_EVERY)).isEmpty();
        }
    }
}
