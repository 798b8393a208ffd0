import java.net.URL;
import java.net.URLClassLoader;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Loads javac's plug-ins (Error Prone, NullAway) once for all modules of a build. javac makes a class loader of its own
/// for them in each compilation, and closes it: their code would begin cold some two hundred times.
///
/// javac finds this class by its hidden option `procloader`, where the build started Maven's JVM with it on the boot class
/// path (`.ci/run`); without it, javac does as always.
public final class PluginLoader extends ClassLoader {
    private static final Map<List<String>, ClassLoader> LOADERS = new ConcurrentHashMap<>();

    /// What javac calls.
    public PluginLoader(URL[] places, ClassLoader parent) {
        super(LOADERS.computeIfAbsent(Arrays.stream(places).map(URL::toString).toList(),
                names -> new URLClassLoader(places, parent)));
    }
}
