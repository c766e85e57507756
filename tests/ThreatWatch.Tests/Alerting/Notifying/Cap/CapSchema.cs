using System.Xml;
using System.Xml.Linq;
using System.Xml.Schema;

namespace ThreatWatch.Tests.Alerting.Notifying.Cap;

/// <summary>
/// The rules of CAP 1.2 (OASIS, July 2010) as a schema of our own: order, number and words of all its elements as the standard's schema (3.4) has
/// them, with the narrower rules of its data dictionary (3.2) on signs, references and what must not be empty.
/// </summary>
internal static class CapSchema
{
    private const string Text = """
        <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:oasis:names:tc:emergency:cap:1.2"
            targetNamespace="urn:oasis:names:tc:emergency:cap:1.2" elementFormDefault="qualified">
          <xs:simpleType name="instant"><xs:restriction base="xs:dateTime"><xs:pattern value="\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+\-]\d\d:\d\d"/></xs:restriction></xs:simpleType>
          <xs:simpleType name="sign"><xs:restriction base="xs:string"><xs:pattern value="[^\s,&lt;&amp;]+"/></xs:restriction></xs:simpleType>
          <xs:simpleType name="filled"><xs:restriction base="xs:string"><xs:minLength value="1"/></xs:restriction></xs:simpleType>
          <xs:complexType name="pair"><xs:sequence><xs:element name="valueName" type="filled"/><xs:element name="value" type="xs:string"/></xs:sequence></xs:complexType>
          <xs:element name="alert"><xs:complexType><xs:sequence>
            <xs:element name="identifier" type="sign"/>
            <xs:element name="sender" type="sign"/>
            <xs:element name="sent" type="instant"/>
            <xs:element name="status"><xs:simpleType><xs:restriction base="xs:string">WORDS(Actual Exercise System Test Draft)</xs:restriction></xs:simpleType></xs:element>
            <xs:element name="msgType"><xs:simpleType><xs:restriction base="xs:string">WORDS(Alert Update Cancel Ack Error)</xs:restriction></xs:simpleType></xs:element>
            <xs:element name="source" type="xs:string" minOccurs="0"/>
            <xs:element name="scope"><xs:simpleType><xs:restriction base="xs:string">WORDS(Public Restricted Private)</xs:restriction></xs:simpleType></xs:element>
            <xs:element name="restriction" type="xs:string" minOccurs="0"/>
            <xs:element name="addresses" type="xs:string" minOccurs="0"/>
            <xs:element name="code" type="xs:string" minOccurs="0" maxOccurs="unbounded"/>
            <xs:element name="note" type="xs:string" minOccurs="0"/>
            <xs:element name="references" minOccurs="0"><xs:simpleType><xs:restriction base="xs:string">
              <xs:pattern value="[^\s,]+,[^\s,]+,[^\s,]+( [^\s,]+,[^\s,]+,[^\s,]+)*"/></xs:restriction></xs:simpleType></xs:element>
            <xs:element name="incidents" type="xs:string" minOccurs="0"/>
            <xs:element name="info" minOccurs="0" maxOccurs="unbounded"><xs:complexType><xs:sequence>
              <xs:element name="language" type="xs:language" default="en-US" minOccurs="0"/>
              <xs:element name="category" maxOccurs="unbounded"><xs:simpleType><xs:restriction base="xs:string">WORDS(Geo Met Safety Security Rescue Fire Health Env Transport Infra CBRNE Other)</xs:restriction></xs:simpleType></xs:element>
              <xs:element name="event" type="filled"/>
              <xs:element name="responseType" minOccurs="0" maxOccurs="unbounded"><xs:simpleType><xs:restriction base="xs:string">WORDS(Shelter Evacuate Prepare Execute Avoid Monitor Assess AllClear None)</xs:restriction></xs:simpleType></xs:element>
              <xs:element name="urgency"><xs:simpleType><xs:restriction base="xs:string">WORDS(Immediate Expected Future Past Unknown)</xs:restriction></xs:simpleType></xs:element>
              <xs:element name="severity"><xs:simpleType><xs:restriction base="xs:string">WORDS(Extreme Severe Moderate Minor Unknown)</xs:restriction></xs:simpleType></xs:element>
              <xs:element name="certainty"><xs:simpleType><xs:restriction base="xs:string">WORDS(Observed Likely Possible Unlikely Unknown)</xs:restriction></xs:simpleType></xs:element>
              <xs:element name="audience" type="xs:string" minOccurs="0"/>
              <xs:element name="eventCode" type="pair" minOccurs="0" maxOccurs="unbounded"/>
              <xs:element name="effective" type="instant" minOccurs="0"/>
              <xs:element name="onset" type="instant" minOccurs="0"/>
              <xs:element name="expires" type="instant" minOccurs="0"/>
              <xs:element name="senderName" type="xs:string" minOccurs="0"/>
              <xs:element name="headline" type="xs:string" minOccurs="0"/>
              <xs:element name="description" type="xs:string" minOccurs="0"/>
              <xs:element name="instruction" type="xs:string" minOccurs="0"/>
              <xs:element name="web" type="xs:anyURI" minOccurs="0"/>
              <xs:element name="contact" type="xs:string" minOccurs="0"/>
              <xs:element name="parameter" type="pair" minOccurs="0" maxOccurs="unbounded"/>
              <xs:element name="resource" minOccurs="0" maxOccurs="unbounded"><xs:complexType><xs:sequence>
                <xs:element name="resourceDesc" type="filled"/>
                <xs:element name="mimeType" type="filled"/>
                <xs:element name="size" type="xs:integer" minOccurs="0"/>
                <xs:element name="uri" type="xs:anyURI" minOccurs="0"/>
                <xs:element name="derefUri" type="xs:string" minOccurs="0"/>
                <xs:element name="digest" type="xs:string" minOccurs="0"/>
              </xs:sequence></xs:complexType></xs:element>
              <xs:element name="area" minOccurs="0" maxOccurs="unbounded"><xs:complexType><xs:sequence>
                <xs:element name="areaDesc" type="filled"/>
                <xs:element name="polygon" type="xs:string" minOccurs="0" maxOccurs="unbounded"/>
                <xs:element name="circle" type="xs:string" minOccurs="0" maxOccurs="unbounded"/>
                <xs:element name="geocode" type="pair" minOccurs="0" maxOccurs="unbounded"/>
                <xs:element name="altitude" type="xs:decimal" minOccurs="0"/>
                <xs:element name="ceiling" type="xs:decimal" minOccurs="0"/>
              </xs:sequence></xs:complexType></xs:element>
            </xs:sequence></xs:complexType></xs:element>
            <xs:any minOccurs="0" maxOccurs="unbounded" namespace="http://www.w3.org/2000/09/xmldsig#" processContents="lax"/>
          </xs:sequence></xs:complexType></xs:element>
        </xs:schema>
        """;

    /// <summary>Everything in which a document breaks the rules.</summary>
    public static IReadOnlyList<string> Faults(byte[] document)
    {
        var schema = System.Text.RegularExpressions.Regex.Replace(
            Text, @"WORDS\(([^)]*)\)", words => string.Concat(words.Groups[1].Value.Split(' ').Select(word => $"<xs:enumeration value=\"{word}\"/>")));
        var faults = new List<string>();
        var settings = new XmlReaderSettings { ValidationType = ValidationType.Schema, ValidationFlags = XmlSchemaValidationFlags.ReportValidationWarnings };
        settings.Schemas.Add(null, XmlReader.Create(new StringReader(schema)));
        settings.ValidationEventHandler += (_, fault) => faults.Add(fault.Message);
        using var reader = XmlReader.Create(new MemoryStream(document), settings);
        faults.AddRange(Faults(XElement.Load(reader)));
        return faults;
    }

    // What the standard says in words alone.
    private static IEnumerable<string> Faults(XElement alert)
    {
        XNamespace cap = "urn:oasis:names:tc:emergency:cap:1.2";
        string? Value(string name) => alert.Element(cap + name)?.Value;
        if (Value("scope") == "Private" && string.IsNullOrWhiteSpace(Value("addresses")))
            yield return "a private message needs addresses";
        if (Value("msgType") is "Update" or "Cancel" or "Ack" or "Error" && Value("references") is null)
            yield return "a later message needs references";
        if (Value("status") == "Exercise" && string.IsNullOrWhiteSpace(Value("note")))
            yield return "an exercise should say in its note which";
        foreach (var info in alert.Elements(cap + "info"))
        {
            if (DateTimeOffset.TryParse(info.Element(cap + "expires")?.Value, out var expires) && expires <= DateTimeOffset.Parse(Value("sent")!, null))
                yield return "it has expired when it is sent";
        }
    }
}
