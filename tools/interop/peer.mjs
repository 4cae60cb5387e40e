// Reads Halcyon's upload with two clients of other makers, and answers with one upload from each.
// Usage: node peer.mjs BOOTSTRAP REGISTRY_URL IMAGE_ID
import assert from 'node:assert/strict'
import kafkajs from 'kafkajs'
import { SchemaRegistry } from '@kafkajs/confluent-schema-registry'
import {
  AvroDeserializer, AvroSerializer, SchemaRegistryClient, SerdeType,
} from '@confluentinc/schemaregistry'

const [bootstrap, url, imageId] = process.argv.slice(2)
const topic = 'image-uploads'
const kafka = new kafkajs.Kafka({ brokers: [bootstrap], logLevel: kafkajs.logLevel.ERROR })

const community = new SchemaRegistry({ host: url })
const confluent = new SchemaRegistryClient({ baseURLs: [url] })

const consumer = kafka.consumer({ groupId: 'interop' })
await consumer.connect()
await consumer.subscribe({ topic, fromBeginning: true })
const value = await new Promise((resolve) => {
  consumer.run({ eachMessage: async ({ message }) => resolve(message.value) })
})
await consumer.disconnect()

const byCommunity = await community.decode(value)
assert.equal(byCommunity.imageId, imageId)
assert.equal(byCommunity.bytes.toString(), 'not really a picture')
assert.equal(byCommunity.attributes.album, 'Ferien ☀')
console.log('  read by @kafkajs/confluent-schema-registry')

const deserializer = new AvroDeserializer(confluent, SerdeType.VALUE, {})
const byConfluent = await deserializer.deserialize(topic, value)
assert.equal(byConfluent.imageId, imageId)
assert.equal(Number(byConfluent.uploadedAt), Number(byCommunity.uploadedAt))
console.log('  read by @confluentinc/schemaregistry')

const upload = {
  bytes: null, uri: 'https://example.com/cat.jpg', contentType: null,
  uploadedAt: 1767268800000, uploader: null, surface: 'forum', locale: null,
  attributes: { album: 'Ferien ☀' },
}
const id = await community.getLatestSchemaId(`${topic}-value`)
const fromCommunity = await community.encode(id, { ...upload, imageId: 'community' })

const serializer = new AvroSerializer(confluent, SerdeType.VALUE, { useLatestVersion: true })
const fromConfluent = await serializer.serialize(topic, {
  ...upload, imageId: 'confluent',
})

const producer = kafka.producer()
await producer.connect()
await producer.send({
  topic,
  messages: [
    { key: 'community', value: fromCommunity },
    { key: 'confluent', value: fromConfluent },
  ],
})
await producer.disconnect()
console.log('  wrote one upload with each')
