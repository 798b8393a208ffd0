package io.k3j.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/// Ginkgo's JUnit file: a `testcase` for each test there is, `skipped` without a message where the focus left it out.
final class Report {
    private static final int LONGEST_MESSAGE = 300;
    /// Other names are steps before and after all tests, of which only a failure is worth a word.
    private static final String TEST = "[It] ";

    private Report() {
    }

    /// Those that were to run.
    /// @param directory where the run left its `junit_*.xml`
    static List<Result> of(Path directory) throws IOException {
        List<Result> all = new ArrayList<>();
        try (var files = Files.newDirectoryStream(directory, "junit_*.xml")) {
            for (Path file : files) {
                NodeList cases = parse(file).getElementsByTagName("testcase");
                for (int i = 0; i < cases.getLength(); i++) {
                    Element test = (Element) cases.item(i);
                    Result one = result(test);
                    if (one.state() == Result.State.FAILED || test.getAttribute("name").startsWith(TEST)
                            && (one.state() == Result.State.PASSED || !one.why().isEmpty())) {
                        all.add(one);
                    }
                }
            }
        }
        return all;
    }

    private static Element parse(Path file) throws IOException {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            return factory.newDocumentBuilder().parse(file.toFile()).getDocumentElement();
        } catch (ParserConfigurationException | SAXException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    private static Result result(Element test) {
        String called = test.getAttribute("name");
        String name = called.startsWith(TEST) ? called.substring(TEST.length()) : called;
        for (String failed : List.of("failure", "error")) {
            if (test.getElementsByTagName(failed).getLength() > 0) {
                return new Result(name, Result.State.FAILED, message(test, failed));
            }
        }
        return test.getElementsByTagName("skipped").getLength() > 0
                ? new Result(name, Result.State.SKIPPED, message(test, "skipped"))
                : new Result(name, Result.State.PASSED, "");
    }

    private static String message(Element test, String kind) {
        String text = ((Element) test.getElementsByTagName(kind).item(0)).getAttribute("message")
                .replaceFirst("^skipped( - )?", "").replaceAll("\\s+", " ").strip();
        return text.length() <= LONGEST_MESSAGE ? text : text.substring(0, LONGEST_MESSAGE) + " …";
    }
}
