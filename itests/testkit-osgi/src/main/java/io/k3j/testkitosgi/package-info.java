/// Tests inside a framework: JUnit Jupiter over Pax Exam's native container.
///
/// Pax Exam has drivers for JUnit 4 and TestNG only, so the few lines that Jupiter needs are here. The
/// test class is packed into a probe bundle; a method that Jupiter finds runs on a twin of the test
/// instance, loaded by that bundle. JUnit and AssertJ are shared with the class path.
///
/// `@BeforeEach` and `@AfterEach` run outside the framework: do without them.
@NullMarked
package io.k3j.testkitosgi;

import org.jspecify.annotations.NullMarked;
