package io.k3j.processprofiles;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import javax.management.JMException;
import javax.management.ObjectName;

/// What the JDK says of this process when `jcmd` asks it, asked from within. Any thread; blocks.
final class JdkDiagnostics {
    private JdkDiagnostics() {
    }

    /// All threads with their stacks, virtual ones too.
    /// @param file absolute, and not there yet
    static void threads(Path file) throws IOException {
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class).dumpThreads(file.toString(),
                ThreadDumpFormat.TEXT_PLAIN);
    }

    /// Instances and bytes by class.
    /// @param live only what is reachable, for which garbage is collected first
    static String histogram(boolean live) throws IOException {
        return ask("gcClassHistogram", live ? new String[0] : new String[] {"-all"});
    }

    /// Has the Flight Recorder write below a directory from now on: the public API of the recorder cannot say it.
    static void recorder(Path directory) throws IOException {
        ask("jfrConfigure", "repositorypath=\"" + directory + "\"");
    }

    private static String ask(String command, String... arguments) throws IOException {
        try {
            return String.valueOf(ManagementFactory.getPlatformMBeanServer().invoke(
                    new ObjectName("com.sun.management:type=DiagnosticCommand"), command, new Object[] {arguments},
                    new String[] {String[].class.getName()}));
        } catch (JMException e) {
            throw new IOException("the JDK does not answer " + command + ": " + e.getMessage(), e);
        }
    }
}
