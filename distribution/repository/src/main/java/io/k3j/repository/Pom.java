package io.k3j.repository;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/// A `pom.xml` of the tree.
record Pom(Element project) {
    private static final String OURS = "io.k3j";
    private static final String DEPENDENCY = "    <dependency><groupId>%s</groupId><artifactId>%s</artifactId>"
            + "<version>%s</version></dependency>\n";

    static Pom read(Path file) throws IOException {
        try {
            return new Pom(DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile())
                    .getDocumentElement());
        } catch (ParserConfigurationException | SAXException e) {
            throw new IOException(file + " cannot be read", e);
        }
    }

    /// Its own version, or that of its parent.
    String version() {
        String own = text(project, "version");
        return own.isEmpty() ? text(child(project, "parent"), "version") : own;
    }

    /// The artifacts it manages, in order.
    List<String> managed() {
        return dependencies(child(project, "dependencyManagement")).stream().map(each -> text(each, "artifactId"))
                .toList();
    }

    /// The same without a parent: who has it needs nothing else of the tree. What is `provided` by the framework at
    /// run time is needed to compile all the same, so it comes along.
    ///
    /// @param versions of artifacts of others, by `group:artifact`
    String standalone(String artifact, Map<String, String> versions) {
        StringBuilder out = new StringBuilder("""
                <?xml version="1.0" encoding="UTF-8"?>
                <project xmlns="http://maven.apache.org/POM/4.0.0">
                  <modelVersion>4.0.0</modelVersion>
                  <groupId>io.k3j</groupId><artifactId>%s</artifactId><version>%s</version>
                  <licenses><license><name>Apache-2.0</name></license></licenses>
                  <dependencies>
                """.formatted(artifact, version()));
        for (Element each : dependencies(project)) {
            if (needed(each)) {
                out.append(DEPENDENCY.formatted(text(each, "groupId"), text(each, "artifactId"),
                        version(each, versions)));
            }
        }
        return out.append("  </dependencies>\n</project>\n").toString();
    }

    /// What is there for tests, for the order of the build, for annotations that leave no trace, or for those only who
    /// have it themselves is left out.
    private static boolean needed(Element dependency) {
        String scope = text(dependency, "scope");
        boolean ours = text(dependency, "groupId").equals(OURS);
        boolean optional = text(dependency, "optional").equals("true");
        return text(dependency, "type").isEmpty() && !optional && !scope.equals("test")
                && (ours || !scope.equals("provided"));
    }

    private String version(Element dependency, Map<String, String> versions) {
        String group = text(dependency, "groupId");
        String name = group + ":" + text(dependency, "artifactId");
        return group.equals(OURS) ? version()
                : Objects.requireNonNull(versions.get(name),
                        () -> "give the version of " + name + " in distribution/repository/pom.xml");
    }

    private static List<Element> dependencies(Element of) {
        List<Element> all = new ArrayList<>();
        NodeList nodes = child(of, "dependencies").getChildNodes();
        for (int i = 0; i < nodes.getLength(); i++) {
            if (nodes.item(i) instanceof Element element) {
                all.add(element);
            }
        }
        return all;
    }

    /// The first child of a name; one without children where there is none.
    private static Element child(Element of, String name) {
        for (Node node = of.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element element && element.getTagName().equals(name)) {
                return element;
            }
        }
        return of.getOwnerDocument().createElement(name);
    }

    private static String text(Element of, String name) {
        return child(of, name).getTextContent().strip();
    }
}
