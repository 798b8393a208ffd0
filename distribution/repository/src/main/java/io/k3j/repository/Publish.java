package io.k3j.repository;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Makes a Maven repository of what the bill of materials names, from the jars on its own class path and the sources of
/// the tree. Arguments: the root of the tree, the directory to make, whether to document the contracts, and the
/// versions of artifacts of others, each as `group:artifact=version`.
public final class Publish {
    private static final String BOM = "k3j-bom";

    private Publish() {
    }

    /// Makes it.
    public static void main(String[] arguments) throws IOException {
        Path root = Path.of(arguments[0]).toAbsolutePath().normalize();
        Map<String, String> versions = Arrays.stream(arguments).skip(3).map(each -> each.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
        Path bom = root.resolve("distribution/bom/pom.xml");
        Repository repository = Repository.empty(Path.of(arguments[1]), Pom.read(bom).version());
        repository.add(BOM, ".pom", bom);
        List<Path> contracts = new ArrayList<>();
        for (String name : Pom.read(bom).managed()) {
            Published module = Published.find(root, name);
            repository.add(name, ".pom", module.pom().standalone(name, versions));
            repository.add(name, ".jar", ClassPath.jar(name, repository.version()));
            repository.add(name, "-sources.jar", Zip.of(module.sources()));
            if (module.contract()) {
                contracts.add(module.sources());
            }
        }
        if (arguments[2].equals("true")) {
            repository.add(BOM, "-javadoc.jar", Documentation.of(contracts));
        }
    }
}
